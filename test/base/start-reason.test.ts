import { afterEach, describe, expect, test } from '@jest/globals'
import { speak } from '../../src/base/say.ts'
import { startReason } from '../../src/base/start-reason.ts'
import { foreign, hasChinese } from '../support/languages.ts'

const PORTS = { PORT: 8080, METRICS_PORT: 9464, WORKER_PORT: undefined, HOST: '192.0.2.7' }

const thrown = (fields: object) => Object.assign(new Error('as the library says it'), fields)

describe('why the service cannot start', () => {
  afterEach(() => speak('en'))

  test.each<[object, RegExp]>([
    [{ code: 'EADDRINUSE', port: 8080 }, /^port 8080 is in use.* set PORT$/],
    [{ code: 'EADDRINUSE', port: 9464 }, /^port 9464 is in use.* set METRICS_PORT$/],
    [{ code: 'EACCES', port: 80 }, /^port 80 .*above 1024$/],
    [{ code: 'EADDRNOTAVAIL', port: 8080 }, /HOST=192\.0\.2\.7 is no address/],
    [{ code: 'EAFNOSUPPORT', port: 8080 }, /check HOST and PORT/],
    [{ code: 'ENOTFOUND', hostname: '192.0.2.7' }, /HOST=192\.0\.2\.7 is no address/],
    [{ code: 'ENOTFOUND', hostname: 'mysql' }, /DATABASE_URL/],
    [{ code: 'ECONNREFUSED', port: 3306 }, /^the database does not answer/],
    [{ code: 'EACCES', path: '/data' }, /^\/data is not allowed.*DATA_DIR$/],
    [{ code: 'EROFS', path: '/data' }, /read-only.*DATA_DIR/],
    [{ code: 'ENOSPC', path: '/data/app-secret' }, /disk is full/],
    [{ code: 'SQLITE_FULL' }, /disk is full/],
    [{ code: 'ENOTDIR', path: '/data/x' }, /^\/data\/x is no folder.*DATA_DIR$/],
    [{ code: 'SQLITE_IOERR_WRITE' }, /disk is full, and sound/],
    [{ code: 'SQLITE_CORRUPT_VTAB' }, /restore a backup/],
    [{ code: 'SQLITE_READONLY' }, /cannot be written/],
    [{ code: 'ER_ACCESS_DENIED_ERROR' }, /refuses the user/],
    [{ code: 'store-stuck' }, /locked, or does not answer/],
  ])('is said with its remedy, in either language: %j', (fields, expected) => {
    const english = startReason(thrown(fields), PORTS)
    expect(english).toMatch(expected)
    expect(foreign('en', english)).toEqual([])
    speak('zh')
    const chinese = startReason(thrown(fields), PORTS)
    expect(hasChinese(chinese)).toBe(true)
    expect(foreign('zh', chinese)).toEqual([])
  })

  test('is what was thrown where nothing better is known', () => {
    expect(startReason(thrown({}), PORTS)).toBe('as the library says it')
    expect(startReason('text', PORTS)).toBe('text')
    expect(startReason(Object.assign(new AggregateError([]), { code: 'EPIPE' }), PORTS)).toBe('EPIPE')
  })
})
