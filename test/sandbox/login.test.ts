import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/base/config.ts'
import { newBrowser } from '../../src/identity/browser.ts'
import { type Serving, startApi } from '../../src/roles/api.ts'
import { logTo } from '../support/log-to.ts'
import { until } from '../support/until.ts'

describe('logging in, in sandbox mode with nothing configured', () => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-sandbox-'))
  const browser = newBrowser(randomBytes)
  const by = { browser, ip: '127.0.0.1', userAgent: '' }
  let serving: Serving
  beforeAll(async () => {
    const read = readConfig({ PORT: '0', DATA_DIR: dir }, dir)
    if (!read.ok) throw new Error(read.problems.join('\n'))
    serving = await startApi({ config: read.config, env: read.env, log: logTo().log }, true)
    // Scene QR codes and the tap are there once the account is known.
    await until(serving.app.login.byOauth.isOffered)
  })
  afterAll(async () => {
    await serving.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const act = async (path: string, body: object) => {
    const response = await fetch(`${serving.url}/sandbox${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return Object(await response.json())
  }
  const pictureAt = async (url: string | null) => {
    const response = await fetch(url ?? '')
    expect(response.headers.get('content-type')).toMatch(/^image\//)
    return /data-ticket="([^"]*)"/.exec(await response.text())?.[1] ?? ''
  }
  const logIn = async (phone: { messages: { text: string }[] }) => {
    const code = /：(\d{6,8})（/.exec(phone.messages.at(-1)?.text ?? '')?.[1] ?? ''
    return serving.app.login.byCode({ code, ...by, userAgent: '' })
  }

  test('the picture of the page is scanned, the code typed', async () => {
    const ticket = await serving.app.login.tickets.open(by)
    if (!ticket.ok) throw new Error('no ticket')
    expect(ticket.kind).toBe('scene')
    expect(new URL(ticket.qrUrl ?? '').origin).toBe(serving.url)
    const phone = await act('/scan', { from: 'me', ticket: await pictureAt(ticket.qrUrl) })
    expect(await logIn(phone)).toMatchObject({ ok: true })
  })

  test('one tap in WeChat logs in the same person', async () => {
    const known = await logIn(await act('/send', { from: 'me', text: '登录' }))
    const redirectUri = `${serving.url}/back`
    const begun = await serving.app.login.byOauth.begin({ ...by, redirectUri })
    if (!begun.ok) throw new Error(begun.reason)
    const response = await fetch(begun.url, { redirect: 'manual' })
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    const [code, state] = [searchParams.get('code') ?? '', searchParams.get('state') ?? '']
    const tapped = await serving.app.login.byOauth.finish({ code, state, ...by })
    expect(known.ok && tapped.ok && known.session.userId === tapped.session.userId).toBe(true)
  })

  test('an account that is not verified shows its own picture', async () => {
    await act('/settings', { kind: 'unverified' })
    const ticket = await serving.app.login.tickets.open(by)
    if (!ticket.ok) throw new Error('no ticket')
    expect(ticket.kind).toBe('account')
    const phone = await act('/scan', { from: 'new', ticket: await pictureAt(ticket.qrUrl) })
    expect(phone).toMatchObject({ following: true })
    expect(await logIn(await act('/send', { from: 'new', text: '登录' }))).toMatchObject({ ok: true })
  })
})
