import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { openidOf } from '../../src/sandbox/followers.ts'
import type { Browser, Window } from './browser.ts'
import { createPageClient, logIn } from './page-client.ts'
import type { Service } from './service.ts'

/** What the account said last to this person. */
export const lastSaid = ({ weixin }: Service, openid: string): string =>
  weixin.platform.phone(openid).messages.findLast(({ from }) => from === 'account')?.text ?? ''

export const codeSaid = (service: Service, openid: string): string =>
  /\d{6,8}/.exec(lastSaid(service, openid))?.[0] ?? ''

/** Scans the QR code that the page shows. */
export const scan = async ({ weixin }: Service, page: Page, openid: string): Promise<void> => {
  const address = (await page.getByTestId('qr').getAttribute('src')) ?? ''
  await weixin.platform.scan(openid, new URL(address).searchParams.get('ticket') ?? '')
}

/** Opens the page, scans what it shows, types what the account says; ends in the conversation. */
export const enter = async (service: Service, page: Page, openid: string): Promise<void> => {
  await page.goto(service.url)
  await scan(service, page, openid)
  await page.getByTestId('code-input').fill(codeSaid(service, openid))
  await page.getByTestId('composer').waitFor()
}

/** A window of somebody's own, who has logged in already. */
export const visitAs = async (
  browser: Browser,
  service: Service,
  name: string,
  options: BrowserContextOptions,
  path = '/',
): Promise<Window & { openid: string }> => {
  const window = await browser.openWindow(options)
  const openid = openidOf(name)
  const client = createPageClient(service.url, { check() {}, seen: new Set() })
  await logIn(client, service.weixin, openid)
  await window.context.addCookies(
    [...client.cookies].map(([name, value]) => ({ name, value, url: service.url })),
  )
  await window.page.goto(service.url + path)
  if (path === '/') await window.page.getByTestId('composer').waitFor()
  return { ...window, openid }
}

export const ask = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('composer').fill(text)
  await page.getByTestId('send').click()
}

/** The last turn, once it is over. */
export const lastTurn = async (page: Page, status = 'answered') => {
  const turn = page.getByTestId('turn').last()
  await page.locator(`[data-testid=turn][data-status=${status}]`).last().waitFor()
  return turn
}

const withoutSpace = (text: string | null): string => (text ?? '').replace(/\s+/g, '')

/** Whether the page shows all of the stored answer of this turn, and nothing else. Spaces are the page's own affair. */
export const showsWholeAnswer = async (page: Page, turn: Locator): Promise<boolean> => {
  const id = await turn.getAttribute('data-turn')
  const stored = await page.evaluate(`fetch('/api/turns/${id}').then((answer) => answer.json())`)
  const { answer } = stored as { answer: string }
  return withoutSpace(await turn.getByTestId('answer').textContent()) === withoutSpace(answer)
}
