import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/base/config.ts'
import { silentLog } from '../../src/base/log.ts'
import { type Serving, startApi } from '../../src/roles/api.ts'
import { accessibilityProblems, type Browser, DESKTOP, openBrowser, PHONE } from '../support/browser.ts'
import { until } from '../support/until.ts'

describe('the sandbox page', () => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-sandbox-page-'))
  let serving: Serving
  let browser: Browser

  beforeAll(async () => {
    const read = readConfig({ PORT: '0', DATA_DIR: dir }, dir)
    if (!read.ok) throw new Error(read.problems.join('\n'))
    serving = await startApi({ config: read.config, env: read.env, log: silentLog }, true)
    await until(serving.app.login.byOauth.isOffered)
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await serving.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const open = async (options = DESKTOP) => {
    const window = await browser.openWindow(options)
    await window.page.goto(`${serving.url}/sandbox`)
    const bubbles = window.page.getByTestId('bubble')
    const say = async (text: string) => {
      await window.page.getByTestId('say').fill(text)
      await window.page.getByTestId('send').click()
    }
    const isSaid = (text: string | RegExp) => bubbles.filter({ hasText: text }).last().waitFor()
    return { ...window, say, isSaid }
  }

  test('a word is answered, and the wire shows it sealed and open', async () => {
    const { page, say, isSaid, context, problems } = await open()
    await say('你好')
    await isSaid('你说的是：你好')
    const entry = page.getByTestId('entry').filter({ hasText: 'text #1' }).last()
    await entry.locator('summary').click()
    const text = (await entry.textContent()) ?? ''
    expect(text).toContain('<Content><![CDATA[你好]]></Content>')
    expect(text).toContain('<Encrypt>')
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('the QR code of the page in the other tab is scanned, and the code logs in there', async () => {
    const { page, isSaid, context } = await open()
    const [other] = await Promise.all([context.waitForEvent('page'), page.getByTestId('open-page').click()])
    await other.getByTestId('qr').waitFor()
    await page.getByTestId('scan').click()
    await isSaid(/登录验证码：\d{6,8}/)
    const said = (await page.getByTestId('bubble').last().textContent()) ?? ''
    await other.locator('[data-testid=ticket-state][data-state=scanned]').waitFor()
    await other.getByTestId('code-input').fill(/\d{6,8}/.exec(said)?.[0] ?? '')
    await other.getByTestId('composer').waitFor()
    await context.close()
  }, 30_000)

  test('an unverified account hands a slow answer over at 「继续」, by a tap on the link', async () => {
    const { page, say, isSaid, context } = await open()
    await page.getByTestId('person').fill('somebody')
    await page.getByTestId('person').press('Enter')
    await page.getByTestId('kind').selectOption('unverified')
    await until(() => !serving.app.login.byOauth.isOffered())
    await say('长 3000')
    await isSaid(/还有 \d+ 段/)
    const before = await page.getByTestId('bubble').count()
    await page.getByTestId('tap').last().click()
    await until(async () => (await page.getByTestId('bubble').count()) >= before + 2)
    // The answer page is a real page.
    const [full] = await Promise.all([
      context.waitForEvent('page'),
      page.locator('[data-testid=bubble] a[href*="/a/"]').first().click(),
    ])
    await full.waitForLoadState()
    expect(await full.locator('main').textContent()).toContain('长 3000')
    await page.getByTestId('kind').selectOption('service')
    await until(serving.app.login.byOauth.isOffered)
    await context.close()
  }, 60_000)

  test('who is new is shown what to try; a tap on it says it, and the end of the chat stays in sight', async () => {
    const { page, isSaid, context } = await open()
    await page.getByTestId('person').fill('newcomer')
    await page.getByTestId('person').press('Enter')
    await page.getByTestId('starter').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('starter').filter({ hasText: '长 5000' }).click()
    await isSaid(/还有 \d+ 段/)
    await page.getByTestId('phrase').filter({ hasText: '历史' }).click()
    await isSaid('此前的提问有 1 条')
    const isAtEnd = () =>
      page.getByRole('log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2)
    await until(isAtEnd)
    await page.reload()
    await isSaid('此前的提问有 1 条')
    await until(isAtEnd)
    await context.close()
  }, 30_000)

  test('on a phone the QR code of the other tab is scanned beside the chat', async () => {
    const { page, isSaid, context } = await open(PHONE)
    const other = await context.newPage()
    await other.goto(serving.url)
    await other.getByTestId('qr').waitFor()
    await page.getByTestId('scan-here').click()
    await isSaid(/登录验证码：\d{6,8}/)
    await context.close()
  }, 30_000)

  test('who unfollows can send nothing, and is told to follow', async () => {
    const { page, say, isSaid, context } = await open()
    await page.getByTestId('person').fill('leaver')
    await page.getByTestId('person').press('Enter')
    await page.getByTestId('toggle-follow').click()
    await page.getByTestId('follow-bar').waitFor()
    await say('你好')
    await page.getByTestId('trouble').waitFor()
    await page.getByTestId('follow-bar').click()
    await page.getByTestId('menu-HELP').click()
    await isSaid('直接发文字提问')
    await context.close()
  }, 30_000)

  test('on a phone it is three views, none wider than the screen, in the dark as well', async () => {
    const { page, say, isSaid, context } = await open({ ...PHONE, colorScheme: 'dark' })
    await say('你好')
    await isSaid('你说的是')
    for (const tab of ['phone', 'settings', 'wire']) {
      await page.getByTestId(`tab-${tab}`).click()
      expect(await accessibilityProblems(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    }
    await context.close()
  }, 30_000)
})
