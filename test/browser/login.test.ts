import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { accessibilityProblems, type Browser, openBrowser, PHONE } from '../support/browser.ts'
import { ask, codeSaid, enter, scan } from '../support/page-visitor.ts'
import { type Service, startService } from '../support/service.ts'
import { createShiftedClock } from '../support/shifted-clock.ts'

const MINUTE_MS = 60_000

describe('logging in, in a browser', () => {
  let service: Service
  let browser: Browser
  const clock = createShiftedClock()
  const who = openidOf

  beforeAll(async () => {
    service = await startService(
      'sqlite',
      { WECHAT_ACCOUNT: 'service', ICP_NUMBER: '京ICP备12345678号-1' },
      { clock },
    )
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  test('a scan is seen at once, and the code that comes by it opens the conversation', async () => {
    const { page, context, problems } = await browser.openWindow()
    await page.goto(service.url)
    const record = page.getByTestId('icp')
    expect(await record.textContent()).toBe('京ICP备12345678号-1')
    expect(await record.getAttribute('href')).toBe('https://beian.miit.gov.cn/')
    await scan(service, page, who('scans'))
    await page.locator('[data-testid=ticket-state][data-state=scanned]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    // The field is where the keys go now.
    await page.keyboard.type(codeSaid(service, who('scans')))
    await page.getByTestId('composer').waitFor()
    expect(new URL(page.url()).pathname).toMatch(/^\/c\/cnv_/)
    await page.reload()
    await page.getByTestId('composer').waitFor()
    expect(problems).toEqual([])
    await context.close()
  })

  test('a code that was asked for in WeChat works in any browser, spaces and all', async () => {
    const { page, context } = await browser.openWindow(PHONE)
    await page.goto(`${service.url}/account`)
    await service.weixin.platform.send(who('asks'), '登录')
    const code = codeSaid(service, who('asks'))
    await page.getByTestId('code-input').fill(`${code.slice(0, 4)} ${code.slice(4)}`)
    // They wanted to go to their account.
    await page.waitForURL(/\/account$/)
    await context.close()
  })

  test('a code for another browser is wrong here, and what to do is said beside the field', async () => {
    const [mine, theirs] = [await browser.openWindow(), await browser.openWindow()]
    await mine.page.goto(service.url)
    await scan(service, mine.page, who('mine'))
    const code = codeSaid(service, who('mine'))
    await theirs.page.goto(service.url)
    await theirs.page.getByTestId('code-input').fill(code)
    await theirs.page.locator('[data-testid=problem][data-code=wrong-code]').waitFor()
    expect(await accessibilityProblems(theirs.page)).toEqual([])
    await mine.page.getByTestId('code-input').fill(code)
    await mine.page.getByTestId('composer').waitFor()
    await mine.context.close()
    await theirs.context.close()
  })

  test('five wrong codes are enough for this browser, and it says for how long', async () => {
    const { page, context } = await browser.openWindow()
    await page.goto(service.url)
    for (let tries = 0; tries < 5; tries += 1) {
      // The problem of the try before may still be there.
      await Promise.all([
        page.waitForResponse(`${service.url}/api/login`),
        page.getByTestId('code-input').fill('000000'),
      ])
      await page.locator('[data-testid=problem][data-code=wrong-code]').waitFor()
      await page.getByTestId('code-input').fill('')
    }
    await page.getByTestId('code-input').fill('000000')
    const problem = page.locator('[data-testid=problem][data-code=too-many-tries]')
    expect(await problem.textContent()).toMatch(/\d+ 分钟/)
    // What it offers works at once.
    await page.getByTestId('renew-after').click()
    await page.locator('[data-testid=ticket-state][data-state=waiting]').waitFor()
    await scan(service, page, who('patient'))
    await page.getByTestId('code-input').fill(codeSaid(service, who('patient')))
    await page.getByTestId('composer').waitFor()
    await context.close()
  })

  test('the picture can be renewed also when somebody has scanned it', async () => {
    const { page, context } = await browser.openWindow()
    await page.goto(service.url)
    await scan(service, page, who('somebody else'))
    await page.locator('[data-testid=ticket-state][data-state=scanned]').waitFor()
    const before = await page.getByTestId('qr').getAttribute('src')
    await page.getByTestId('renew').click()
    await page.locator('[data-testid=ticket-state][data-state=waiting]').waitFor()
    expect(await page.getByTestId('qr').getAttribute('src')).not.toBe(before)
    await context.close()
  })

  test('a code that is pasted over a wrong one is tried at once', async () => {
    const { page, context } = await browser.openWindow()
    await page.goto(service.url)
    await scan(service, page, who('pastes'))
    const code = codeSaid(service, who('pastes'))
    await page.getByTestId('renew').click()
    await page.locator('[data-testid=ticket-state][data-state=waiting]').waitFor()
    await page.getByTestId('code-input').fill(code === '111111' ? '222222' : '111111')
    await page.locator('[data-testid=problem][data-code=wrong-code]').waitFor()
    await page.getByTestId('code-input').fill(code)
    await page.getByTestId('composer').waitFor()
    await context.close()
  })

  test('eight digits may be typed one by one', async () => {
    const { page, context } = await browser.openWindow()
    await page.goto(service.url)
    await service.weixin.platform.send(who('types'), '登录')
    const code = codeSaid(service, who('types'))
    await page.getByTestId('code-input').pressSequentially(code)
    await page.getByTestId('composer').waitFor()
    expect(code).toHaveLength(8)
    await context.close()
  })

  test.each([
    ['a phone', PHONE],
    ['a desktop', {}],
  ])('on %s the page shows what to send, and its code is for this browser alone', async (_name, options) => {
    const { page, context, problems } = await browser.openWindow(options)
    await page.goto(service.url)
    const command = (await page.getByTestId('chip').first().textContent()) ?? ''
    expect(command).toMatch(/^登录 \d{2,5}$/)
    await service.weixin.platform.send(who(`sends ${command}`), command)
    await page.locator('[data-testid=ticket-state][data-state=scanned]').waitFor()
    const code = codeSaid(service, who(`sends ${command}`))
    expect(code).toHaveLength(6)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('code-input').fill(code)
    await page.getByTestId('composer').waitFor()
    expect(problems).toEqual([])
    await context.close()
  })

  test('on a phone the steps for one phone come first, and the picture after them', async () => {
    const { page, context } = await browser.openWindow({ ...PHONE, locale: 'en' })
    await page.goto(service.url)
    const [steps, code, picture] = await Promise.all(
      ['steps', 'code-input', 'qr'].map(async (id) => (await page.getByTestId(id).boundingBox())?.y ?? 0),
    )
    expect(steps).toBeLessThan(code ?? 0)
    expect(code).toBeLessThan(picture ?? 0)
    expect(await page.getByTestId('open-wechat').getAttribute('href')).toBe('weixin://')
    await context.close()
  })

  test.each(['constructor', '__proto__', 'toString', 'nonsense'])(
    'an address with error=%s says no more than that it did not work',
    async (error) => {
      const { page, context, problems } = await browser.openWindow()
      await page.goto(`${service.url}/login?error=${error}`)
      expect((await page.getByTestId('login-note').textContent())?.trim()).toMatch(/^微信登录没有成功。/)
      await page.goto(`${service.url}/login?said=${error}`)
      await page.getByTestId('code-input').waitFor()
      expect(await page.getByTestId('login-note').count()).toBe(0)
      expect(problems).toEqual([])
      await context.close()
    },
  )

  test('export and erase lead an old login through a new one, and say so when it is another person', async () => {
    const { page, context } = await browser.openWindow()
    await enter(service, page, who('keeps'))
    clock.pass(31 * MINUTE_MS)
    await page.goto(`${service.url}/account`)
    await page.getByTestId('erase').click()
    await page.getByRole('button', { name: '去登录' }).click()
    expect(await page.getByTestId('login-note').textContent()).toContain('同一个微信')
    await scan(service, page, who('keeps not'))
    await page.getByTestId('code-input').fill(codeSaid(service, who('keeps not')))
    await page.getByTestId('other-account').waitFor()
    clock.pass(31 * MINUTE_MS)
    await page.getByTestId('export').click()
    await page.getByRole('button', { name: '去登录' }).click()
    await scan(service, page, who('keeps not'))
    await page.getByTestId('code-input').fill(codeSaid(service, who('keeps not')))
    await page.getByTestId('erase').waitFor()
    expect(await page.getByTestId('other-account').count()).toBe(0)
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()])
    expect(file.suggestedFilename()).toBe('yingda-export.json')
    await page.getByTestId('erase').click()
    await page.getByRole('button', { name: '全部删除' }).click()
    await page.getByTestId('code-input').waitFor()
    await context.close()
  })

  test('a code is too old after five minutes, and the QR code asks to be renewed', async () => {
    const { page, context } = await browser.openWindow()
    await page.goto(service.url)
    await scan(service, page, who('dreams'))
    const code = codeSaid(service, who('dreams'))
    await page.locator('[data-testid=ticket-state][data-state=scanned]').waitFor()
    clock.pass(5 * MINUTE_MS)
    await page.getByTestId('code-input').fill(code)
    await page.locator('[data-testid=problem][data-code=expired-code]').waitFor()
    await page.locator('[data-testid=ticket-state][data-state=expired]').waitFor()
    await page.getByTestId('renew').click()
    await page.locator('[data-testid=ticket-state][data-state=waiting]').waitFor()
    await context.close()
  })

  test('a session that is ended in another browser leads back to the login, and from there back here', async () => {
    const [one, two] = [await browser.openWindow(), await browser.openWindow(PHONE)]
    await enter(service, one.page, who('two'))
    await enter(service, two.page, who('two'))
    await one.page.goto(`${service.url}/account`)
    await one.page.getByTestId('revoke').first().click()
    await one.page.getByTestId('revoke').first().waitFor({ state: 'detached' })
    await ask(two.page, '还在吗')
    await two.page.getByTestId('code-input').waitFor()
    await one.page.getByTestId('quota-remaining').waitFor()
    await two.page.getByTestId('login-note').waitFor()
    await one.context.close()
    await two.context.close()
  })
})

describe('logging in where the account has no QR codes of its own', () => {
  test('the page asks to send 「登录」, and shows the picture that the operator has named', async () => {
    const service = await startService('sqlite', (weixin) => ({
      ...{ WECHAT_ACCOUNT: 'unverified', WECHAT_QR_URL: `${weixin.mpBase}/account-qr` },
    }))
    const browser = await openBrowser()
    try {
      const { page, problems } = await browser.openWindow(PHONE)
      await page.goto(service.url)
      const picture = page.getByTestId('qr')
      expect(await picture.getAttribute('src')).toMatch(/account-qr$/)
      expect(
        await picture.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth),
      ).toBeGreaterThan(0)
      expect(await page.locator('main').textContent()).toContain('登录')
      await service.weixin.platform.send(openidOf('plain'), '登录')
      await page.getByTestId('code-input').fill(codeSaid(service, openidOf('plain')))
      await page.getByTestId('composer').waitFor()
      expect(problems).toEqual([])
    } finally {
      await browser.close()
      await service.close()
    }
  }, 30_000)

  test('without a picture either, it shows the name to look for, and the digits to send', async () => {
    const service = await startService('sqlite', {
      WECHAT_ACCOUNT: 'unverified',
      WECHAT_ACCOUNT_NAME: '小应的笔记',
    })
    const browser = await openBrowser()
    try {
      for (const options of [PHONE, {}]) {
        const { page, context, problems } = await browser.openWindow(options)
        await page.goto(service.url)
        await page.getByTestId('steps').waitFor()
        const chips = await page.getByTestId('chip').allTextContents()
        expect(chips).toContain('小应的笔记')
        const command = chips.find((text) => text.startsWith('登录')) ?? ''
        expect(await page.getByTestId('qr').count()).toBe(0)
        expect(await page.locator('main').textContent()).not.toContain('扫')
        expect(await accessibilityProblems(page)).toEqual([])
        await service.weixin.platform.send(openidOf('nameless'), command)
        await page.getByTestId('code-input').fill(codeSaid(service, openidOf('nameless')))
        await page.getByTestId('composer').waitFor()
        expect(problems).toEqual([])
        await context.close()
      }
    } finally {
      await browser.close()
      await service.close()
    }
  }, 30_000)
})
