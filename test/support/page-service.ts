import { afterAll, beforeAll, expect } from '@jest/globals'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, type Description, logIn, type PageClient, readDescription } from './page-client.ts'
import { type Env, type Service, startService } from './service.ts'
import type { Stack } from './stacks.ts'

const SECRET = Buffer.alloc(32, 7)
const cardKeys = createCardKeys({ current: SECRET, previous: [] })

export let service: Service
export let description: Description
let count = 0

/** Each from an address of their own, as the limits count by address. */
export const stranger = (): PageClient => {
  count += 1
  const client = createPageClient(service.url, description)
  const from = { 'x-forwarded-for': `203.0.113.${count}` }
  return {
    ...client,
    call: (method, path, body, more) => client.call(method, path, body, { ...from, ...more }),
  }
}
export const somebody = async (openid = openidOf(`page ${count}`)) => {
  const client = stranger()
  await logIn(client, service.weixin, openid)
  const { body: me } = await client.call('GET', '/api/me')
  const ask = async (text: string, more: object = {}, headers = {}) =>
    client.call('POST', `/api/conversations/${me.conversationId}/turns`, { text, ...more }, headers)
  return { client, openid, me, ask, call: client.call }
}
export const card = (more: object = {}) => {
  count += 1
  return cardKeys.seal({ batch: 9, serial: count, calls: 50, days: 30, redeemBy: undefined, ...more })
}
export const answerOf = (events: { type: string; data: { text?: string } }[]) =>
  events.flatMap(({ type, data }) => (type === 'delta' ? [data.text ?? ''] : [])).join('')

/** For the tests of this `describe`: a service, and the description that its answers are held against. */
export const usePageService = (stack: Stack, settings: () => Env = () => ({})): void => {
  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(stack.engine, {
      ...env,
      ...{ APP_SECRET: SECRET.toString('base64'), TRIAL_CALLS: '10', WECHAT_ACCOUNT: 'service' },
      ...settings(),
    })
    description = await readDescription(service.url)
  }, 60_000)
  afterAll(() => service.close())
}

/** Fails unless each of these routes has done its work in this file; a refusal does not count. */
export const expectMet = (routes: string[]): void => {
  const met = new Set([...description.seen].flatMap((each) => /^(.*) 2\d\d$/.exec(each)?.[1] ?? []))
  for (const each of routes) expect(met).toContain(each)
}
