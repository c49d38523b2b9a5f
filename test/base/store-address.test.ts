import { describe, expect, test } from '@jest/globals'
import { readDatabaseAddress, redisProblem } from '../../src/base/store-address.ts'

const BASE = 'mysql://yingda:p%40ss@db.example.com:3307/yingda'
const tlsOf = (query: string) => {
  const read = readDatabaseAddress(`${BASE}${query}`)
  if (!read.ok) throw new Error(read.problem)
  return read.address.engine === 'mysql' ? read.address.tls : 'none'
}
const problemOf = (address: string): string => {
  const read = readDatabaseAddress(address)
  return read.ok ? 'none' : read.problem
}

describe('the address of a database', () => {
  test('gives its parts, decoded', () => {
    expect(readDatabaseAddress(BASE)).toEqual({
      ok: true,
      address: {
        engine: 'mysql',
        host: 'db.example.com',
        port: 3307,
        user: 'yingda',
        password: 'p@ss',
        database: 'yingda',
        tls: undefined,
      },
    })
    expect(readDatabaseAddress('mysql://u@[::1]/d')).toMatchObject({ address: { host: '::1', port: 3306 } })
    expect(readDatabaseAddress('sqlite:/data/a b.sqlite')).toEqual({
      ok: true,
      address: { engine: 'sqlite', path: '/data/a b.sqlite' },
    })
  })

  test.each([
    ['?ssl=true', { verify: 'nothing' }],
    ['?SSL=1', { verify: 'nothing' }],
    ['?tls=skip-verify', { verify: 'nothing' }],
    ['?sslmode=require', { verify: 'nothing' }],
    ['?ssl-mode=REQUIRED', { verify: 'nothing' }],
    ['?ssl_mode=VERIFY_CA', { verify: 'authority' }],
    ['?sslmode=verify-full', { verify: 'identity' }],
    ['?ssl-mode=VERIFY_IDENTITY', { verify: 'identity' }],
    ['?ssl=%7B%22rejectUnauthorized%22:true%7D', { verify: 'identity' }],
    ['?ssl={"rejectUnauthorized":false}', { verify: 'nothing' }],
    ['?ssl=true&sslmode=required', { verify: 'nothing' }],
    ['?ssl-ca=/etc/ca.pem', { verify: 'authority', ca: '/etc/ca.pem' }],
    ['?ssl=true&ssl-ca=/etc/ca.pem', { verify: 'authority', ca: '/etc/ca.pem' }],
    ['?sslmode=verify-identity&ssl-ca=/etc/ca.pem', { verify: 'identity', ca: '/etc/ca.pem' }],
    ['?ssl-cert=/c&ssl-key=/k', { verify: 'nothing', cert: '/c', key: '/k' }],
    ['?charset=utf8mb4', undefined],
    ['?ssl=false', undefined],
    ['?sslmode=DISABLED', undefined],
    ['?', undefined],
  ])('is sealed as %s says', (query, expected) => {
    expect(tlsOf(query)).toEqual(expected)
  })

  test.each([
    [`${BASE}?sll=true`, /\?sll=….*did you mean ssl\?/],
    [`${BASE}?timezone=Z`, /\?timezone=….*remove it/],
    [`${BASE}?connectionLimit=5`, /\?connectionLimit=…/],
    [`${BASE}?ssl=true&allowPublicKeyRetrieval=true`, /\?allowPublicKeyRetrieval=…/],
    [`${BASE}?charset=gbk`, /\?charset=…/],
    [`${BASE}?ssl=perhaps`, /ssl=perhaps: expected/],
    [`${BASE}?sslmode=preferred`, /sslmode=preferred: expected/],
    [`${BASE}?ssl=`, /ssl=: expected/],
    [`${BASE}?ssl-ca=`, /\?ssl-ca=…/],
    [`${BASE}?tls=constructor`, /tls=constructor: expected/],
    [`${BASE}?ssl=true&sslmode=verify-ca`, /twice/],
    [`${BASE}?ssl=false&ssl-ca=/ca`, /switches TLS off/],
    [`${BASE}?ssl-cert=/c`, /go together/],
    ['mysql://u@10.0.0.1/d?sslmode=verify-identity', /an IP address/],
    ['mysql://u@[::1]/d?sslmode=verify-identity', /an IP address/],
    [`${BASE}#x`, /%23/],
    ['mysql://u:se#cret@h/d', /%23/],
    ['mysql://u:se/cret@h/d', /cannot be read|names no database|%2F/],
    ['mysql://u:100%@h/d', /%25/],
    ['mysql://u@h', /names no database/],
    ['mysql://u@h/', /names no database/],
    ['sqlite:/data/y.sqlite?mode=ro', /\?mode.*takes no query/],
    ['sqlite::memory:', /names no file/],
  ])('%s is refused with a sentence', (address, expected) => {
    const problem = problemOf(address)
    expect(problem).toMatch(expected)
    expect(problem).not.toMatch(/se#?cret|100%|p%40ss/)
  })
})

test.each([
  ['redis://h', undefined],
  ['redis://:p@h:6379/3', undefined],
  ['rediss://u:p@h:6380/', undefined],
  ['redis://h/?tls=true', /\?tls=….*rediss/],
  ['redis://h/0?commandTimeout=1&family=6', /\?commandTimeout=…/],
  ['redis://h/main', /number/],
  ['redis://h/0#1', /%23/],
])('the address %s of Redis is judged', (address, expected) => {
  const problem = redisProblem(address)
  if (expected) expect(problem).toMatch(expected)
  else expect(problem).toBeUndefined()
})
