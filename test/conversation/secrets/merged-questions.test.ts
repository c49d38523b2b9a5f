import { expect, test } from '@jest/globals'
import { openMemoryApp } from '../../support/memory-app.ts'
import { KEYS } from './keys.ts'

test('two messages that are a secret only together are not put together', async () => {
  const app = await openMemoryApp()
  app.state.mergeWithinMs = 2000
  const person = { account: 'gh', openid: 'o-merged' }
  const say = (text: string) => {
    const now = app.clock.now()
    // The door is closed at once: nobody waits for an answer here.
    return app.trunk.receive(app.incoming({ person, said: { kind: 'text', text }, doorClosesAt: now }))
  }
  const questions = async () => app.knex('turns').orderBy('id').pluck('question')

  await say('我的 API Key 是')
  const key = (KEYS.DeepSeek ?? '').slice('sk-'.length)
  expect(await say(`${key} 哦`)).toMatchObject({ text: expect.stringContaining('没有把它发给 AI') })
  expect(await questions()).toEqual(['我的 API Key 是'])
  await say('在哪里申请')
  expect(await questions()).toEqual(['我的 API Key 是\n在哪里申请'])
  await app.close()
})
