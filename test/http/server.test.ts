import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import express from 'express'
import { listen } from '../../src/http/server.ts'
import { until } from '../support/until.ts'

test('closing waits for the running response, but for no connection that is idle or was never used', async () => {
  const listening = await listen(0, '127.0.0.1')
  const { hostname, port } = new URL(listening.url)
  let answer = () => {}
  const app = express()
  app.get('/quick', (_req, res) => void res.end('quick'))
  app.get('/slow', (_req, res) => {
    answer = () => void res.end('slow')
  })
  listening.serve(app)

  const unused = connect(Number(port), hostname)
  const unusedEnded = new Promise((resolve) => unused.once('close', resolve))
  unused.on('error', () => {})
  await (await fetch(`${listening.url}/quick`)).text()
  const slow = fetch(`${listening.url}/slow`)
  await new Promise((resolve) => setTimeout(resolve, 50))

  const startedAt = performance.now()
  let closed = false
  const closing = listening.close().then(() => {
    closed = true
  })
  await unusedEnded
  expect(closed).toBe(false)
  answer()
  expect(await (await slow).text()).toBe('slow')
  await closing
  expect(performance.now() - startedAt).toBeLessThan(5000)
})

test('what a web server in front sends before it can know is answered, and asks for another connection', async () => {
  const listening = await listen(0, '127.0.0.1')
  let answer = () => {}
  const app = express()
  app.get('/quick', (_req, res) => void res.end('quick'))
  app.get('/slow', (_req, res) => {
    answer = () => void res.end('slow')
  })
  listening.serve(app)
  // One connection each, and kept.
  const [kept, busy] = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }))
  const ask = (path: string, agent?: Agent) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(listening.url + path, { agent }, (res) => resolve(res.resume())).once('error', reject)
    })
  expect((await ask('/quick', kept)).headers.connection).toBe('keep-alive')
  const slow = ask('/slow', busy)
  await until(() => `${answer}`.includes('slow'))

  const closing = listening.close(1500)
  const late = await Promise.all([ask('/quick', kept), ask('/quick')])
  expect(late.map(({ statusCode, headers }) => [statusCode, headers.connection])).toEqual([
    [200, 'close'],
    [200, 'close'],
  ])
  answer()
  expect((await slow).headers.connection).toBe('close')
  await closing
  await expect(ask('/quick', kept)).rejects.toThrow(/ECONNREFUSED/)
})

test('a port that is taken is told at once', async () => {
  const first = await listen(0, '127.0.0.1')
  const { port } = new URL(first.url)
  await expect(listen(Number(port), '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
})
