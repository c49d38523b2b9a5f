import { describe, expect, test } from '@jest/globals'
import { createSecretsInText } from '../../../src/conversation/secrets/secrets-in-text.ts'
import { BARE_KEYS, KEYS } from './keys.ts'
import { QUESTIONS } from './questions.ts'

const secrets = createSecretsInText(() => false)

const WRAPPINGS = [
  (key: string) => key,
  (key: string) => `${key}。`,
  (key: string) => `“${key}”`,
  (key: string) => `【${key}】`,
  (key: string) => `\n ${key} \n`,
  (key: string) => `我的key是${key}`,
  (key: string) => `绑定${key}`,
  (key: string) => `绑定key：${key}`,
  (key: string) => `我要绑定 ${key}，谢谢`,
  (key: string) => `bind${key}`,
  (key: string) => `Authorization: Bearer ${key}`,
  (key: string) => `export OPENAI_API_KEY="${key}"`,
  (key: string) => `为什么我用 ${key} 总是报 401？`,
  (key: string) => `https://api.example.com/v1/models?key=${key}&x=1`,
  (key: string) => key.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  (key: string) => `${key.slice(0, 9)}\u200b${key.slice(9)}`,
  (key: string) => key.split('').join(' '),
  (key: string) => key.replace(/[^0-9A-Za-z]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  (key: string) => key.replace(/[^0-9A-Za-z]/g, (sign) => `&amp;#x${sign.charCodeAt(0).toString(16)};`),
  (key: string) => `https://example.com/?q=a%26key%3D${encodeURIComponent(encodeURIComponent(key))}`,
  (key: string) => `{&quot;key&quot;:&quot;${key}&quot;}`,
]

describe('a provider’s key', () => {
  test.each(Object.entries(KEYS))('of %s is found however it is written', (_name, key) => {
    for (const wrap of WRAPPINGS) expect([wrap(key), secrets.key(wrap(key))?.key]).toEqual([wrap(key), key])
  })

  test.each(Object.entries(BARE_KEYS))(
    'without a shape, as of %s, is found beside a word that names it',
    (_name, key) => {
      for (const said of [
        `我的key是${key}`,
        `API Key：${key}`,
        `api_key=${key}`,
        `密钥：\n${key}`,
        `${key} 这是我的密钥`,
        `绑定 ${key}`,
        `这是我买的 API key，你看看能不能用 ${key}`,
        `绑定${key}`,
        `Bearer ${key}`,
        `token 「${key}」`,
        `我的钥匙：${key}`,
        `mistral：${key}`,
        `APIキー：${key}`,
        `key\n\n${key}`,
        `${key}\n上面是我的key`,
        `${key} 帮我绑定`,
      ])
        expect([said, secrets.kindIn(said)]).toEqual([said, 'key'])
    },
  )

  test('is found when it is all there is, but for what has another use', () => {
    const { 'Volcengine Ark': uuid = '', ...keys } = BARE_KEYS
    for (const key of Object.values(keys)) expect([key, secrets.kindIn(`「${key}」`)]).toEqual([key, 'key'])
    expect(secrets.kindIn(uuid)).toBeUndefined()
  })

  test('is found in pieces', () => {
    for (const text of [
      '6F4Wd0DFUrAqsAB9Hyx7ocvLm5',
      '我的是 sk-47af0d78 2724b3f5ece 322a73374a57f',
      'sk-9f86d081\n884c7d659a2f\neaa0c55ad015',
    ])
      expect(secrets.kindIn(text)).toBe('key')
  })

  test('a private key is found in whatever stands around it', () => {
    expect(secrets.kindIn('看看\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow…')).toBe('key')
  })
})

test.each(QUESTIONS)('%j is a question', (question) => {
  expect(secrets.kindIn(question)).toBeUndefined()
})
