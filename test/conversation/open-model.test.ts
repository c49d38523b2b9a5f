import { expect, test } from '@jest/globals'
import { createOpenModel } from '../../src/conversation/open-model.ts'
import type { Turn } from '../../src/conversation/turn.ts'
import { saying, text } from '../support/stream-of.ts'

const openModel = createOpenModel({
  models: {
    open: (name) => ({ channel: saying('main', text('好')), name, contextTokens: undefined }),
    openOwn: () => undefined,
  },
  ownKeys: { find: async () => undefined },
  seal: { open: () => undefined },
})
const turn = (model: string | undefined, price: number): Turn => ({
  ...{
    id: 'trn_1',
    userId: 'usr_1',
    openid: 'o',
    conversationId: 'cnv_1',
    status: 'answering',
    question: '问',
  },
  ...{ answer: undefined, ending: undefined, failure: undefined, refusalCode: undefined, attempt: 1 },
  ...{ stopRequested: false, onPage: true, cost: { model, price, ownKey: false } },
  ...{ charged: false, shown: false, createdAt: 0, endedAt: undefined },
})

test('what was asked for nothing, when there was no model, is not answered by one that has come since', async () => {
  expect(await openModel(turn(undefined, 0))).toEqual({ failure: 'no-channel' })
  expect(await openModel(turn('large', 3))).toMatchObject({ name: 'large' })
})
