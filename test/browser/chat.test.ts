import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { accessibilityProblems, type Browser, DESKTOP, openBrowser, PHONE } from '../support/browser.ts'
import { ask, lastSaid, lastTurn, showsWholeAnswer, visitAs } from '../support/page-visitor.ts'
import { type Service, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

describe('chatting on the page', () => {
  let service: Service
  let browser: Browser

  beforeAll(async () => {
    service = await startService('sqlite', { WECHAT_ACCOUNT: 'service' })
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  const visit = (name: string, options = DESKTOP) => visitAs(browser, service, name, options)

  test('an answer comes as it is written, and what is left is counted down', async () => {
    const { page, context, problems } = await visit('asks')
    expect(await page.getByTestId('remaining').first().textContent()).toContain('1,000')
    await ask(page, '长 600 逐字 20')
    const answer = page.getByTestId('answer').last()
    await answer.waitFor()
    const early = (await answer.textContent())?.length ?? 0
    const turn = await lastTurn(page)
    expect(early).toBeLessThan(600)
    await until(() => showsWholeAnswer(page, turn))
    await until(
      async () => (await page.getByTestId('remaining').first().textContent())?.includes('999') === true,
    )
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('stopping keeps what was said, and retry asks once more', async () => {
    const { page, context } = await visit('stops', PHONE)
    await ask(page, '长 20000 逐字 30')
    await page.getByTestId('answer').waitFor()
    await page.getByTestId('stop').click()
    const turn = await lastTurn(page)
    await turn.getByTestId('ending').waitFor()
    expect((await turn.getByTestId('answer').textContent())?.length).toBeGreaterThan(0)
    await turn.getByTestId('retry').click()
    await until(async () => (await page.getByTestId('turn').count()) === 2)
    await page.getByTestId('stop').click()
    await context.close()
  }, 30_000)

  test('whoever reloads in the middle sees the whole answer', async () => {
    const { page, context } = await visit('reloads')
    await ask(page, '长 3000 逐字 5')
    await page.getByTestId('answer').waitFor()
    await page.reload()
    const turn = await lastTurn(page)
    await until(() => showsWholeAnswer(page, turn))
    expect(await page.getByTestId('turn').count()).toBe(1)
    await context.close()
  }, 30_000)

  test('a connection that breaks off in the middle loses and repeats nothing', async () => {
    const { page, context } = await visit('tunnel')
    await ask(page, '长 2000 逐字 10')
    await page.getByTestId('answer').waitFor()
    await context.setOffline(true)
    await page.waitForTimeout(300)
    await context.setOffline(false)
    const turn = await lastTurn(page)
    await until(() => showsWholeAnswer(page, turn))
    await context.close()
  }, 40_000)

  test('what was said in WeChat stands on the page, and goes on in WeChat', async () => {
    const openid = openidOf('both')
    await service.weixin.platform.send(openid, '在微信里问的')
    const { page, context } = await visit('both')
    expect(await page.getByTestId('question').first().textContent()).toContain('在微信里问的')
    await ask(page, '历史')
    expect(await (await lastTurn(page)).getByTestId('answer').textContent()).toContain('在微信里问的')
    await service.weixin.platform.send(openid, '历史')
    await until(() => lastSaid(service, openid).includes('历史'), 20_000)
    // It comes by itself, without a reload.
    await until(async () => (await page.getByTestId('turn').count()) === 3, 20_000)
    await page.getByTestId('remaining').filter({ hasText: '997' }).waitFor()
    await context.close()
  }, 40_000)

  test('a conversation that began on the page goes on in WeChat when it is told to', async () => {
    const { page, context, openid } = await visit('moves')
    await ask(page, '微信里接着的')
    await lastTurn(page)
    await page.getByTestId('new-conversation').click()
    await until(async () => (await page.getByTestId('turn').count()) === 0)
    await ask(page, '只在网页上问的')
    await lastTurn(page)
    await service.weixin.platform.send(openid, '历史')
    expect(lastSaid(service, openid)).not.toContain('只在网页上问的')
    // Three questions, one of them in a conversation that is not the open one.
    await page.getByTestId('remaining').filter({ hasText: '997' }).waitFor()
    await page.getByTestId('conversation-menu').click()
    await page.getByTestId('to-wechat').click()
    await page.getByText('好了：接下来在公众号里发的消息').first().waitFor()
    await service.weixin.platform.send(openid, '历史')
    expect(lastSaid(service, openid)).toContain('只在网页上问的')
    await until(async () => (await page.getByTestId('turn').count()) === 2)
    await context.close()
  }, 40_000)

  test('an answer whose events are refused for a while is whole in the end', async () => {
    const { page, context } = await visit('refused')
    let refused = 0
    await page.route('**/api/turns/*/events', async (route) => {
      if (refused >= 2) return route.continue()
      refused += 1
      return route.fulfill({ status: 503, contentType: 'text/html', body: '<h1>busy</h1>' })
    })
    await ask(page, '长 2000 逐字 10')
    await page.getByTestId('progress').filter({ hasText: '正在重连' }).waitFor()
    await page.getByTestId('answer').waitFor()
    const turn = await lastTurn(page)
    expect(refused).toBe(2)
    await until(() => showsWholeAnswer(page, turn))
    await context.close()
  }, 40_000)

  test('an answer is copied even where the browser has no clipboard for pages', async () => {
    const { page, context } = await visit('copies')
    await page.addInitScript('delete Navigator.prototype.clipboard')
    await page.reload()
    await ask(page, '你好')
    const turn = await lastTurn(page)
    await turn.getByTestId('copy').filter({ hasText: '复制' }).click()
    await turn.getByTestId('copy').filter({ hasText: '已复制' }).waitFor()
    await page.getByTestId('composer').focus()
    await page.keyboard.press('Control+V')
    expect(await page.getByTestId('composer').inputValue()).toContain('你说的是：你好')
    await context.close()
  }, 30_000)

  test('a question that is too long says by how much, and can be sent once it is shorter', async () => {
    const { page, context } = await visit('writes')
    await page.getByTestId('composer').fill('字'.repeat(20_012))
    await page.getByText('超出 12 个字').waitFor()
    expect(await page.getByTestId('send').isDisabled()).toBe(true)
    // Short words: the model's own limit is in tokens, and each of these is one.
    await page.getByTestId('composer').fill(`${'tea '.repeat(4974)}done`)
    await page.getByText('还可以输入 100 个字').waitFor()
    await page.getByTestId('send').click()
    expect((await (await lastTurn(page)).getByTestId('question').textContent())?.length).toBe(19_900)
    await context.close()
  }, 30_000)

  test('a key in the composer is not sent on, and leads to where it is bound', async () => {
    const { page, context } = await visit('secret')
    await ask(page, '绑定sk-test0000000000000000000000，谢谢')
    const unsent = page.getByTestId('unsent')
    await unsent.locator('a[href*="/account#own-key"]').waitFor()
    expect(await unsent.textContent()).toContain('没有发给 AI')
    // It would be refused again.
    expect(await unsent.getByTestId('send-again').count()).toBe(0)
    await unsent.getByTestId('discard').click()
    expect(await page.getByTestId('turn').count()).toBe(0)
    await context.close()
  }, 30_000)

  test('HTML and scripts in an answer are text', async () => {
    const { page, context, problems } = await visit('hostile')
    const hostile =
      '<script>window.owned=1</script><img src=x onerror="window.owned=1"> [x](javascript:alert(1))'
    await ask(page, hostile)
    const answer = (await lastTurn(page)).getByTestId('answer')
    await until(async () => (await answer.textContent())?.includes('<script>') === true)
    expect(await page.evaluate('window.owned')).toBeUndefined()
    expect(await answer.locator('script, img, iframe, style, [onerror]').count()).toBe(0)
    expect(await answer.locator('a[href^="javascript:"]').count()).toBe(0)
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('every kind of Markdown is shown, tables and formulas and code, and is accessible', async () => {
    const { page, context, problems } = await visit('markdown', PHONE)
    await ask(page, '表格')
    const answer = (await lastTurn(page)).getByTestId('answer')
    await answer.locator('table').first().waitFor()
    await answer.locator('pre code').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    // Nothing makes the page itself wider than the phone.
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBe(360)
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('Markdown is shown as models mean it, chemistry and repaired tables among it', async () => {
    const { page, context, problems } = await visit('means', PHONE)
    const markdown = [
      '请看',
      '##二、要点',
      '这是** 务必 **记住的，面积=底*高*系数，访问https://example.org/a查看。',
      '',
      '| 符号 | 名 |',
      '',
      '|---|',
      '',
      '| `|` | 或 |',
      '',
      '水是 H<sub>2</sub>O，$\\ce{2H2 + O2 -> 2H2O}$。',
      '',
      '\\begin{align}',
      'x &= 1 \\\\',
      'y &= 2',
      '\\end{align}',
      '',
      '```md',
      '# 内',
      '```sh',
      'make',
      '```',
      '外',
      '```',
      '尾巴\u202e在 C:\\_x\\*.log',
      '---',
      '完',
    ].join('\n')
    await ask(page, markdown)
    const answer = (await lastTurn(page)).getByTestId('answer')
    await answer.locator('math mtable').first().waitFor()
    await until(async () => (await answer.locator('math').count()) === 2)
    await answer.locator('strong', { hasText: /^务必$/ }).waitFor()
    await answer.locator('h4', { hasText: /^二、要点$/ }).waitFor()
    await answer
      .locator('a[href="https://example.org/a"]', { hasText: /^https:\/\/example\.org\/a$/ })
      .waitFor()
    await answer.locator('td code', { hasText: /^\|$/ }).waitFor()
    await answer.locator('sub', { hasText: /^2$/ }).waitFor()
    await answer.locator('hr').waitFor()
    expect(await answer.locator('pre').textContent()).toBe('# 内\n```sh\nmake\n```\n外\n')
    const words = (await answer.textContent()) ?? ''
    expect(words).toContain('底*高*系数')
    expect(words).toContain('尾巴在 C:\\_x\\*.log')
    expect(words).not.toMatch(/\\ce|\\begin|\*\*|<sub>/)
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('a table of two thousand rows scrolls in its own box, and the page stays usable', async () => {
    const { page, context, problems } = await visit('table', PHONE)
    await ask(page, '大表 2000')
    const answer = (await lastTurn(page)).getByTestId('answer')
    await until(async () => (await answer.locator('tbody tr').count()) === 2000, 20_000)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await ask(page, '还能问吗')
    await until(async () => (await page.getByTestId('turn').count()) === 2)
    await lastTurn(page)
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBe(740)
    expect(problems).toEqual([])
    await context.close()
  }, 60_000)

  test('thirty thousand characters stay readable and usable', async () => {
    const { page, context, problems } = await visit('long')
    await ask(page, '长 30000')
    const turn = await lastTurn(page)
    await until(() => showsWholeAnswer(page, turn))
    await ask(page, '还能问吗')
    await until(async () => (await page.getByTestId('turn').count()) === 2)
    await lastTurn(page)
    expect(problems).toEqual([])
    await context.close()
  }, 60_000)

  test.each([
    ['a phone, in the light', { ...PHONE, colorScheme: 'light' as const }],
    ['a phone, in the dark', { ...PHONE, colorScheme: 'dark' as const }],
    ['a desktop, in the light', { ...DESKTOP, colorScheme: 'light' as const }],
    ['a desktop, in the dark', { ...DESKTOP, colorScheme: 'dark' as const }],
  ])(
    'nobody is kept out: %s',
    async (_name, options) => {
      const { page, context } = await visit('looks', options)
      await ask(page, '你好')
      await lastTurn(page)
      expect(await accessibilityProblems(page)).toEqual([])
      await page.goto(`${service.url}/account`)
      await page.getByTestId('redeem-input').waitFor()
      expect(await accessibilityProblems(page)).toEqual([])
      await context.close()
    },
    30_000,
  )

  test('the keyboard alone is enough to ask', async () => {
    const { page, context } = await visit('keys')
    await page.getByTestId('composer').focus()
    await page.keyboard.type('第一行')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('第二行')
    await page.keyboard.press('Enter')
    await lastTurn(page)
    expect(await page.getByTestId('question').last().textContent()).toBe('第一行\n第二行')
    await context.close()
  }, 30_000)
})
