import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { Decrypter, Encrypter } from 'age-encryption'
import { BackupError } from '../../backup/backup-error.ts'
import { cutShort, damaged, foreign } from '../../backup/load.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'

/** scrypt takes 128 × 8 × 2^15 bytes: 32 MB, a fifth of a second. Keys are at least 16 characters. */
const WORK_FACTOR = 15
/** What `age -p` takes by itself is 18: 256 MB. */
const MAX_WORK_FACTOR = 18

const AGE = 'age-encryption.org/v1\n'
const GZIP = Buffer.from([0x1f, 0x8b])
const HEAD_BYTES = 256

/**
 * Text into gzip, sealed with `key` when there is one, into `target`; gives how many bytes that were. A stream of this
 * process, such as stdout, is written to and not ended.
 */
export const writeArchive = async (
  text: AsyncIterable<string>,
  target: Writable,
  key: string | undefined,
): Promise<number> => {
  const gzip = createGzip()
  let bytes = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      yield chunk
    }
  }
  const options = { end: target !== process.stdout }
  if (key === undefined) await pipeline(text, gzip, counted, target, options)
  else {
    const encrypter = new Encrypter()
    encrypter.setPassphrase(key)
    encrypter.setScryptWorkFactor(WORK_FACTOR)
    const stop = new AbortController()
    const sealed = await encrypter.encrypt(Readable.toWeb(gzip) as ReadableStream<Uint8Array>)
    // Of two halves that hang together each fails with the other.
    const halves = [pipeline(text, gzip, { signal: stop.signal }), pipeline(sealed, counted, target, options)]
    await Promise.all(halves).catch(async (error) => {
      stop.abort()
      await Promise.allSettled(halves)
      throw error
    })
  }
  return bytes
}

/** What was written into it, chunk by chunk. What is wrong with the file is thrown as BackupError. */
export async function* readArchive(path: string, key: string | undefined): AsyncGenerator<Uint8Array> {
  const head = await headOf(path)
  const isSealed = head.toString('latin1').startsWith(AGE)
  if (!isSealed && !head.subarray(0, GZIP.length).equals(GZIP))
    throw head.length === 0 ? cutShort() : foreign()
  const file = createReadStream(path)
  const gunzip = createGunzip()
  try {
    const packed = isSealed ? await opened(file, head, key) : file
    const feeding = pipeline(packed, gunzip)
    // Its error comes out of gunzip as well.
    feeding.catch(() => {})
    for await (const chunk of gunzip) yield chunk
    await feeding
  } catch (error) {
    throw toBackupError(error)
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

const opened = async (
  file: Readable,
  head: Buffer,
  key: string | undefined,
): Promise<AsyncIterable<Uint8Array>> => {
  if (key === undefined) throw noKey()
  const factor = /\n-> scrypt [^ \n]+ (\d+)\n/.exec(head.toString('latin1'))?.[1]
  if (factor === undefined) throw notByPassphrase()
  if (Number(factor) > MAX_WORK_FACTOR) throw foreign()
  const decrypter = new Decrypter()
  decrypter.addPassphrase(key)
  return decrypter.decrypt(Readable.toWeb(file) as ReadableStream<Uint8Array>).catch((error: unknown) => {
    throw /no identity matched/.test(String(error)) ? wrongKey() : error
  })
}

/** @throws BackupError when there is no such file, or none that may be read */
export const refuseUnreadable = async (path: string): Promise<void> => {
  await headOf(path)
}

const headOf = async (path: string): Promise<Buffer> => {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw unreadable(path, error)
  }
}

const toBackupError = (error: unknown): unknown => {
  if (error instanceof BackupError) return error
  const code = errorCode(error) ?? ''
  if (code === 'Z_BUF_ERROR') return cutShort()
  if (code.startsWith('Z_') || code === '') return damaged()
  return error
}

const unreadable = (path: string, error: unknown): BackupError =>
  new BackupError(
    'no-such-place',
    say({
      zh: `读不到 ${path}（${errorCode(error)}）：请检查路径和权限`,
      en: `${path} cannot be read (${errorCode(error)}): check the path and its permissions`,
    }),
  )

const noKey = (): BackupError =>
  new BackupError(
    'backup-no-key',
    say({
      zh: '备份是加密的：请设置 BACKUP_KEY（做备份时用的那一个）',
      en: 'the backup is encrypted: set BACKUP_KEY to the key it was made with',
    }),
  )

const wrongKey = (): BackupError =>
  new BackupError(
    'backup-wrong-key',
    say({
      zh: 'BACKUP_KEY 打不开这份备份：请改成做备份时用的那一个',
      en: 'BACKUP_KEY does not open this backup: set the key it was made with',
    }),
  )

const notByPassphrase = (): BackupError =>
  new BackupError(
    'backup-foreign',
    say({
      zh: '文件不是用 BACKUP_KEY 加密的：请先用 age -d 解开，再恢复解开后的文件',
      en: 'the file is not encrypted with a BACKUP_KEY: open it with age -d first, and restore what comes out',
    }),
  )
