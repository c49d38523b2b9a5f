import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { spawnYingda } from '../support/yingda.ts'

describe.each(stacks)('yingda beside the running service on $name', (stack) => {
  let service: Service
  const dir = mkdtempSync(join(tmpdir(), 'yingda-beside-'))
  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(stack.engine, {
      ...{ ...env, TRIAL_CALLS: '2', MERGE_WITHIN_MS: '0', WECHAT_REPLY_BUDGET_MS: '4500' },
    })
  })
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const yingda = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await spawnYingda(dir, service.env, args)
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  const tell = async (openid: string, text: string): Promise<string> => {
    await service.weixin.platform.send(openid, text)
    const { messages } = service.weixin.platform.phone(openid)
    return messages.filter(({ from }) => from === 'account').at(-1)?.text ?? ''
  }
  const me = openidOf(`${stack.engine} beside`)

  test('makes cards that are redeemed in chat', async () => {
    const { cards } = JSON.parse(await yingda('cards', 'create', '--count', '1', '--calls', '50', '--json'))
    expect(await tell(me, cards[0].key)).toContain('50')
    expect(await yingda('cards', 'show', cards[0].key)).toMatch(/^state +used by usr_/m)
    expect(await yingda('users', 'show', me)).toMatch(/^calls left +52$/m)
  })

  test('explains the code that a blocked user was shown', async () => {
    await yingda('users', 'block', me)
    const [code = ''] = /[0-9A-Z]{8}/.exec(await tell(me, '在吗')) ?? []
    expect(await yingda('why', code)).toMatch(/^The user is blocked.*\n.*blocked/)
    await yingda('users', 'unblock', me)
    expect(await tell(me, '在吗')).toContain('在吗')
  })

  test('makes thousands of cards while questions are asked, and everything adds up', async () => {
    const others = Array.from({ length: 30 }, (_, at) => openidOf(`${stack.engine} busy ${at}`))
    const [, ...answers] = await Promise.all([
      yingda('cards', 'create', '--count', '3000', '--calls', '1', '--out', 'busy.csv'),
      ...others.map((openid) => tell(openid, '忙吗')),
    ])
    expect(answers.filter((answer) => !answer.includes('忙吗'))).toEqual([])
    const [reconciled, granted] = await Promise.all([
      yingda('ledger', 'reconcile', '--json'),
      yingda('users', 'grant', me, '--calls', '1000000'),
    ])
    expect(JSON.parse(reconciled)).toMatchObject({ differences: [], strays: [] })
    expect(granted).toMatch(/in all$/m)
    expect(service.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
