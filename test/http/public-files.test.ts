import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openPublicFiles } from '../../src/wiring/public-files.ts'
import { visitor } from '../support/login-service.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Service, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100)])
const JPEG = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(100)])
const PROOF = 'MP_verify_aBc123dEf456gHi7.txt'

let service: Service
const dir = mkdtempSync(join(tmpdir(), 'yingda-config-'))
const folder = join(dir, 'public')
const put = (name: string, bytes: Buffer | string) => {
  writeFileSync(join(dir, 'new'), bytes)
  renameSync(join(dir, 'new'), join(folder, name))
}

beforeAll(async () => {
  const more = { CONFIG_DIR: dir, WECHAT_ACCOUNT: 'verified', PUBLIC_URL: 'https://bot.example' }
  service = await startService('sqlite', more)
})
afterAll(async () => {
  await service.close()
  rmSync(dir, { recursive: true })
})
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

const ask = (path: string, method = 'GET') => rawRequest(service.url, `${method} ${path}`)

describe('CONFIG_DIR/public', () => {
  test('gives WeChat its proof at the root, from the moment it is there to the moment it is gone', async () => {
    rmSync(folder, { recursive: true })
    expect(await ask(`/${PROOF}`)).toMatchObject({ status: 404 })
    mkdirSync(folder)
    put(PROOF, 'aBc123dEf456gHi7')
    const { status, headers, body } = await ask(`/${PROOF}`)
    expect([status, body]).toEqual([200, 'aBc123dEf456gHi7'])
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': '16',
    })
    expect(await ask(`/${PROOF}`, 'HEAD')).toMatchObject({ status: 200, body: '' })
    put(PROOF, 'another')
    expect(await ask(`/${PROOF}?from=wechat`)).toMatchObject({ status: 200, body: 'another' })
    rmSync(join(folder, PROOF))
    expect(await ask(`/${PROOF}`)).toMatchObject({ status: 404 })
  })

  test.each(['WW_verify_aBc123dEf456gHi7.txt', 'aBcDeF1234.txt', '0f3a9c1b2d4e5f60718293a4b5c6d7e8.txt'])(
    'gives out %s as well',
    async (name) => {
      put(name, 'proof\n')
      expect(await ask(`/${name}`)).toMatchObject({ status: 200, body: 'proof\n' })
    },
  )

  test('shows the QR code, by what the picture is, and the login page shows it then', async () => {
    const shown = async () => {
      const ticket = await service.app.login.tickets.open({
        browser: visitor(),
        ip: '192.0.2.1',
        userAgent: '',
      })
      return ticket.ok ? ticket.qrUrl : undefined
    }
    expect(await shown()).toBe(null)
    put('qr.jpg', JPEG)
    expect(await shown()).toBe('https://bot.example/qr.jpg')
    expect((await ask('/qr.jpg')).headers['content-type']).toBe('image/jpeg')
    put('qr.png', PNG)
    expect(await shown()).toBe('https://bot.example/qr.png')
    expect((await ask('/qr.png')).headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '108',
    })
    put('qr.png', JPEG)
    expect((await ask('/qr.png')).headers['content-type']).toBe('image/jpeg')
    put('qr.png', '<svg onload="alert(1)"/>')
    expect((await ask('/qr.png')).status).toBe(404)
  })

  test('gives out nothing else that lies in it', async () => {
    put('.env', 'SECRET=1')
    put('.txt', 'hidden')
    put('page.html', '<script>1</script>')
    put('channels.yaml', 'x')
    put('robots.txt', 'User-agent: *')
    put('a.txt', 'short')
    put(`${'a'.repeat(60)}.txt`, 'long')
    put('MP_verify_page12345.txt', '<script>alert(1)</script>')
    put('MP_verify_large1234.txt', 'a'.repeat(2000))
    put('qr.gif', 'GIF89a')
    mkdirSync(join(folder, 'MP_verify_folder12.txt'))
    mkdirSync(join(folder, 'sub'))
    put('sub/MP_verify_deep12345.txt', 'deep')
    execFileSync('mkfifo', [join(folder, 'MP_verify_pipe12345.txt')])
    put('qr.png', Buffer.concat([PNG, Buffer.alloc(1024 * 1024)]))
    const { served, passedOver } = await openPublicFiles(dir).list()
    expect([served, passedOver.length]).toEqual([[], 12])
    const names = [
      ...passedOver,
      '.env',
      '.txt',
      'sub/MP_verify_deep12345.txt',
      'public',
      'public/',
      `public/${PROOF}`,
    ]
    for (const name of names) expect([name, (await ask(`/${name}`)).status]).toEqual([name, 404])
  })

  test('does not lead out of itself', async () => {
    writeFileSync(join(dir, 'secret1234.txt'), 'secret')
    symlinkSync(join(dir, 'secret1234.txt'), join(folder, 'MP_verify_out12345.txt'))
    symlinkSync('../secret1234.txt', join(folder, 'MP_verify_out67890.txt'))
    mkdirSync(join(dir, 'public-not'), { recursive: true })
    writeFileSync(join(dir, 'public-not', 'near123456.txt'), 'secret')
    symlinkSync(join(dir, 'public-not', 'near123456.txt'), join(folder, 'near123456.txt'))
    for (const path of [
      '/MP_verify_out12345.txt',
      '/MP_verify_out67890.txt',
      '/near123456.txt',
      '/../secret1234.txt',
      '/%2e%2e/secret1234.txt',
      '/..%2fsecret1234.txt',
      '/..%5csecret1234.txt',
      '//secret1234.txt',
      '/./secret1234.txt',
      '/secret1234.txt%00',
      '/secret1234.txt',
    ]) {
      const { status, body } = await ask(path)
      expect([path, status >= 400, body.includes('secret"') || body === 'secret']).toEqual([
        path,
        true,
        false,
      ])
    }
    // A link that stays inside is how Kubernetes mounts what may change.
    mkdirSync(join(folder, '..data'))
    writeFileSync(join(folder, '..data', PROOF), 'inside')
    symlinkSync(join('..data', PROOF), join(folder, PROOF))
    expect(await ask(`/${PROOF}`)).toMatchObject({ status: 200, body: 'inside' })
  })

  test('and the files beside it are read again when they are replaced, also in a folder that cannot be written', async () => {
    const texts = (greeting: string) => {
      writeFileSync(join(dir, 'new'), `greeting: ${greeting}\n`, { mode: 0o444 })
      renameSync(join(dir, 'new'), join(dir, 'texts.yaml'))
      chmodSync(dir, 0o555)
    }
    try {
      texts('欢迎来到甲')
      await until(() => service.lines.some(({ message }) => message === 'a changed file was read again'))
      expect(service.lines.filter(({ message }) => /other users/.test(message))).toEqual([])
    } finally {
      chmodSync(dir, 0o755)
    }
  })
})
