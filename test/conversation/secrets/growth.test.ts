import { test } from '@jest/globals'
import { cardsInText } from '../../../src/conversation/secrets/cards-in-text.ts'
import { keyInText } from '../../../src/conversation/secrets/key-in-text.ts'
import { expectLinear, repetitiveShapes } from '../../support/growth.ts'

const PIECES = [
  ...['a', 'A', '0', 'u', '-', '_', '.', '/', '=', ' ', '\n', '密', '，', 'ﷺ'],
  ...[
    'sk-',
    'eyJ',
    '-eyJ',
    'AIza',
    'key ',
    'key=',
    '密钥：',
    '绑定',
    'ABC123-',
    'abcdef0123456789',
    '-----BEGIN ',
    'a ',
    'sk-a1b2 c3d4 ',
    '&#45;',
    '&amp;',
    '%25',
    'mistral：',
  ],
]

test('to look for keys and cards takes time in proportion to the text, whatever is repeated in it', async () => {
  const look = (text: string) => [keyInText(text), cardsInText(text, () => false)]
  await expectLinear(look, repetitiveShapes(PIECES), 60)
}, 30_000)
