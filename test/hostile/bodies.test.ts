import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn, type PageClient, readDescription } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)

/** As JSON; `FIELD` stands for a field that the route knows. */
const BODIES: [name: string, body: string][] = [
  ['many unknown fields', `{${Array.from({ length: 9000 }, (_, index) => `"k${index}":1`).join()}}`],
  ['an unknown field with a long name', `{"${'k'.repeat(100_000)}":1}`],
  ['a long text', `{"FIELD":"${'x'.repeat(120_000)}"}`],
  ['a deep list', `{"FIELD":${nested(50_000, '[', ']')}}`],
  ['a deep object', `{"FIELD":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
  ['a number of many digits', `{"FIELD":${'9'.repeat(100_000)}}`],
  ['a list of many nothings', `{"FIELD":[${Array.from({ length: 20_000 }, () => 'null').join()}]}`],
  ['a field over and over', `{${Array.from({ length: 5000 }, () => '"FIELD":[]').join()}}`],
  [
    'names of prototypes',
    '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"FIELD":{"__proto__":1}}',
  ],
  ['no object', '[]'],
  ['more than is read', `{"FIELD":"${'x'.repeat(200_000)}"}`],
]

describe('bodies that mean harm', () => {
  let service: Service
  let client: PageClient
  let routes: { method: string; path: string; field: string }[]

  beforeAll(async () => {
    service = await startService('sqlite', { WECHAT_ACCOUNT: 'service' })
    client = createPageClient(service.url, await readDescription(service.url))
    await logIn(client, service.weixin, openidOf('bodies'))
    const { body: me } = await client.call('GET', '/api/me')
    const { paths } = (await client.call('GET', '/api/openapi.json')).body
    routes = Object.entries<{ [method: string]: { requestBody?: object } }>(paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods)
          .filter(([, { requestBody }]) => requestBody !== undefined)
          .map(([method, { requestBody }]) => ({
            method: method.toUpperCase(),
            path: path.replace('{id}', me.conversationId),
            field: /"properties":\{"(\w+)"/.exec(JSON.stringify(requestBody))?.[1] ?? 'text',
          })),
    )
  })
  afterAll(() => service.close())

  test.each(BODIES)('%s is refused by every route, in few words and little time', async (_name, body) => {
    expect(routes.length).toBeGreaterThan(5)
    for (const { method, path, field } of routes) {
      const startedAt = performance.now()
      const { status, text } = await client.call(method, path, body.replaceAll('FIELD', field), {
        'content-type': 'application/json',
      })
      const answered = `${method} ${path}: ${status} ${text.slice(0, 200)}`
      expect(answered).toMatch(/: (400|404|413|422) /)
      expect(text.length).toBeLessThan(8000)
      expect(performance.now() - startedAt).toBeLessThan(2000)
    }
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})
