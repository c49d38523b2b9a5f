import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { type Browser, DESKTOP, openBrowser, PHONE } from '../support/browser.ts'
import { ask, lastTurn, visitAs } from '../support/page-visitor.ts'
import { type Service, startService } from '../support/service.ts'

const SECRET = Buffer.alloc(32, 9)
const cardKeys = createCardKeys({ current: SECRET, previous: [] })

describe('the account on the page', () => {
  let service: Service
  let browser: Browser
  let count = 0

  beforeAll(async () => {
    const env = { WECHAT_ACCOUNT: 'service', APP_SECRET: SECRET.toString('base64'), TRIAL_CALLS: '2' }
    service = await startService('sqlite', env)
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  const visit = (name: string, options = DESKTOP) => visitAs(browser, service, name, options, '/account')
  const card = () => {
    count += 1
    return cardKeys.seal({ batch: 5, serial: count, calls: 50, days: 30, redeemBy: undefined })
  }

  test('a card is redeemed once; used and forged ones say what to do', async () => {
    const { page, context, problems } = await visit('redeems', PHONE)
    const redeem = async (key: string) => {
      await page.getByTestId('redeem-input').fill(key)
      await page.getByTestId('redeem-input').press('Enter')
    }
    const problem = (code: string) => page.locator(`[data-testid=problem][data-code=${code}]`).waitFor()
    const key = card()
    await redeem(` ${key.toLowerCase()} `)
    await page.getByTestId('redeemed').filter({ hasText: '50' }).waitFor()
    await page.getByTestId('quota-remaining').filter({ hasText: '52' }).waitFor()
    await redeem(key)
    await problem('card-already-yours')
    await redeem(card().replace(/.$/, (last) => (last === '0' ? '1' : '0')))
    await problem('card-refused')
    expect(await page.getByTestId('problem').textContent()).toMatch(/代码 [0-9A-Z]{8}/)
    await redeem('ABC')
    await problem('card-malformed')
    await page.getByTestId('quota-remaining').filter({ hasText: '52' }).waitFor()
    expect(problems).toEqual([])
    await context.close()
  }, 30_000)

  test('a bad own key is not kept, a good one makes questions free, and it can be unbound', async () => {
    const { page, context } = await visit('binds')
    const bind = async (key: string) => {
      await page.getByTestId('own-key-input').fill(key)
      await page.getByTestId('own-key-input').press('Enter')
    }
    await bind('sk-bad-0123456789abcdef')
    await page.locator('[data-testid=problem][data-code=own-key-refused]').waitFor()
    expect(await page.getByTestId('own-key').count()).toBe(0)
    await bind('sk-good-0123456789wxyz')
    await page.getByTestId('own-key').filter({ hasText: 'wxyz' }).waitFor()
    await page.goto(service.url)
    await ask(page, '不花次数')
    await lastTurn(page)
    await page.goto(`${service.url}/account`)
    await page.getByTestId('quota-remaining').filter({ hasText: '2' }).waitFor()
    await page.getByTestId('unbind').click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.getByTestId('own-key').waitFor({ state: 'detached' })
    await context.close()
  }, 30_000)

  test('with no calls left the page says so, keeps the question, and leads to where calls are had', async () => {
    const { page, context } = await visit('spends')
    await page.goto(service.url)
    for (const text of ['一', '二']) {
      await ask(page, text)
      await lastTurn(page)
    }
    await page.getByTestId('remaining').first().filter({ hasText: '0' }).waitFor()
    await ask(page, '三')
    await page.locator('[data-testid=problem][data-code=no-calls]').waitFor()
    expect(await page.getByTestId('unsent').textContent()).toContain('三')
    await page.locator('[data-testid=unsent] a[href*="/account"]').click()
    await page.getByTestId('redeem-input').fill(card())
    await page.getByTestId('redeem-input').press('Enter')
    await page.getByTestId('redeemed').filter({ hasText: '50' }).waitFor()
    await context.close()
  }, 30_000)

  test('usage is a picture, and a table for who cannot see it', async () => {
    const { page, context } = await visit('looks')
    await page.getByTestId('usage-plot').waitFor()
    await page.goto(service.url)
    await ask(page, '一')
    await lastTurn(page)
    await page.goto(`${service.url}/account`)
    const rows = page.getByTestId('usage-table').locator('tbody tr')
    await rows.first().waitFor({ state: 'attached' })
    expect(await rows.count()).toBe(30)
    expect(await rows.filter({ hasText: '1' }).count()).toBeGreaterThan(0)
    await context.close()
  }, 30_000)

  test('whoever asks to be forgotten is asked once more, then everything is gone', async () => {
    const { page, context } = await visit('leaves')
    await page.getByTestId('erase').click()
    await page.keyboard.press('Escape')
    await page.getByTestId('erase').click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.getByTestId('login-note').waitFor()
    await page.goto(`${service.url}/account`)
    await page.getByTestId('code-input').waitFor()
    await context.close()
  }, 30_000)
})
