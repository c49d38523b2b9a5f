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
    service = await startService('sqlite', { WECHAT_ACCOUNT: 'service' }, { clock })
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  test('a scan is seen at once, and the code that comes by it opens the conversation', async () => {
    const { page, context, problems } = await browser.openWindow()
    await page.goto(service.url)
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
})
