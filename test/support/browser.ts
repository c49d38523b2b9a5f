import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** A window of one's own: cookies and storage are shared with no other. */
export type Window = { page: Page; context: BrowserContext; problems: string[] }

const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

export const PHONE: BrowserContextOptions = {
  ...{ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }

/** Debian's Chromium, or the one that CHROMIUM_PATH names. */
export const openBrowser = async () => {
  const executablePath = process.env.CHROMIUM_PATH
  if (!executablePath) throw new Error('CHROMIUM_PATH is not set: npm test finds a Chromium, or installs one')
  const dir = mkdtempSync(join(tmpdir(), 'yingda-browser-'))
  const browser = await chromium.launch({ executablePath, args: ARGS, env: { ...process.env, HOME: dir } })
  return {
    /** `problems`: what the page complained of, broken rules of its content security policy included. */
    async openWindow(options: BrowserContextOptions = DESKTOP): Promise<Window> {
      const context = await browser.newContext({ locale: 'zh-CN', ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => {
        // That a request was refused is told as an error as well; the page deals with these.
        const isRefused = /Failed to load resource/.test(message.text())
        if (message.type() === 'error' && !isRefused) problems.push(message.text())
      })
      return { page, context, problems }
    },
    async close() {
      await browser.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type Browser = Awaited<ReturnType<typeof openBrowser>>

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Finding = { id: string; impact: string | null; nodes: { target: unknown[]; failureSummary?: string }[] }

/** What axe finds wrong by WCAG 2.2 A and AA, a line each. */
export const accessibilityProblems = async (page: Page): Promise<string[]> => {
  // Put in beside the page's own scripts, whose policy it need not keep.
  await page.evaluate(axe)
  const findings: Finding[] = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => r.violations)`,
  )
  return findings.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
}
