import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { readConfig } from '../src/base/config.ts'
import { silentLog } from '../src/base/log.ts'
import { startApi } from '../src/roles/api.ts'
import { chromiumPath } from './test/installed.ts'

/**
 * Writes the pictures of the README into docs/images: the service in sandbox mode, its page and its phone, in a real
 * browser. Needs a Chromium: CHROMIUM_PATH, or one that is installed. Run `npm run screenshots` after a change of the pages.
 */
const images = fileURLToPath(new URL('../docs/images/', import.meta.url))
const executablePath = chromiumPath()
if (!executablePath) {
  console.error('screenshots: no Chromium: install one, or set CHROMIUM_PATH')
  process.exit(1)
}

const dir = mkdtempSync(join(tmpdir(), 'yingda-screenshots-'))
const read = readConfig({ PORT: '0', DATA_DIR: dir }, dir)
if (!read.ok) throw new Error(read.problems.join('\n'))
const { app, url, close } = await startApi({ config: read.config, env: read.env, log: silentLog }, true)
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
})

const desktop: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: 'zh-CN' }
const phone: BrowserContextOptions = {
  ...{ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  locale: 'zh-CN',
}
const shoot = (page: Page, name: string) => page.screenshot({ path: join(images, `${name}.png`) })
const said = async (page: Page, text: RegExp) => {
  const bubble = page.getByTestId('bubble').filter({ hasText: text }).last()
  await bubble.waitFor()
  return (await bubble.textContent()) ?? ''
}
const say = async (page: Page, text: string, answer: RegExp) => {
  await page.getByTestId('say').fill(text)
  await page.getByTestId('send').click()
  await said(page, answer)
}
const ask = async (page: Page, text: string) => {
  const before = await page.locator('[data-testid=turn][data-status=answered]').count()
  await page.getByTestId('composer').fill(text)
  await page.getByTestId('send').click()
  await page.locator('[data-testid=turn][data-status=answered]').nth(before).waitFor()
}

try {
  mkdirSync(images, { recursive: true })
  while (!app.login.byOauth.isOffered()) await new Promise((resolve) => setTimeout(resolve, 50))
  const context = await browser.newContext(desktop)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByTestId('qr').waitFor()
  await page.waitForLoadState('networkidle')
  await shoot(page, 'login')

  const sandbox = await context.newPage()
  await sandbox.goto(`${url}/sandbox`)
  await say(sandbox, '你好', /你说的是：你好/)
  await say(sandbox, '额度', /你还有/)
  await sandbox.getByTestId('scan').click()
  const code = /\d{6,8}/.exec(await said(sandbox, /验证码/))?.[0] ?? ''
  await sandbox.getByTestId('entry').nth(1).locator('summary').click()
  await shoot(sandbox, 'sandbox')

  await page.getByTestId('code-input').fill(code)
  await page.getByTestId('composer').waitFor()
  await ask(page, '用一个表格')
  await ask(page, '表格')
  await page.waitForTimeout(500)
  await shoot(page, 'chat')
  await page.goto(`${url}/account`)
  await page.getByTestId('usage-plot').waitFor()
  await page.waitForTimeout(500)
  await shoot(page, 'account')

  const pocket = await browser.newContext({
    ...phone,
    colorScheme: 'dark',
    storageState: await context.storageState(),
  })
  const small = await pocket.newPage()
  await small.goto(url)
  await small.getByTestId('composer').waitFor()
  await small.waitForTimeout(1000)
  await shoot(small, 'chat-phone-dark')
  console.log(`written to ${images}`)
} finally {
  await browser.close()
  await close()
  rmSync(dir, { recursive: true, force: true })
}
