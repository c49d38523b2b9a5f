import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { metrics } from '../../src/http/metrics.ts'
import { createHttp, type Listening, listen } from '../../src/http/server.ts'
import { createPromMeters } from '../../src/infra/metrics/prom-meters.ts'
import { logTo } from '../support/log-to.ts'

describe('GET /metrics', () => {
  let listening: Listening
  const { log, lines } = logTo()
  const ids = createIds(Date.now)
  beforeEach(async () => {
    listening = await listen(0, '127.0.0.1')
  })
  afterEach(() => listening.close())
  const serve = (expose: () => Promise<{ contentType: string; body: string }>) =>
    listening.serve(createHttp([metrics(expose, () => 'may', ids)], ids, log))

  test('gives what was counted so far, in the text format', async () => {
    const { meters, expose } = createPromMeters()
    serve(expose)
    meters.turnEnded('failed')
    const response = await fetch(`${listening.url}/metrics`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe((await expose()).contentType)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toContain('\nyingda_turns_total{outcome="failed"} 1\n')
  })

  test('answers 500 with nothing of the reason when counting fails', async () => {
    serve(async () => {
      throw new Error('a detail')
    })
    const response = await fetch(`${listening.url}/metrics`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('a detail')
    expect(lines).toMatchObject([{ level: 'error', message: 'a request failed' }])
  })

  test('is for reading only', async () => {
    serve(createPromMeters().expose)
    expect((await fetch(`${listening.url}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})
