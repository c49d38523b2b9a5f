import { constants } from 'node:fs'
import { open, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** A file that the operator shows to everybody at the root of the service's address. */
export type PublicFile = { type: string; bytes: Buffer }

export type PublicFiles = {
  /** As it is now; undefined when there is none, or it is not what its name promises. */
  read(name: string): Promise<PublicFile | undefined>
  /** The name of the account's QR code, if there is one. */
  picture(): Promise<string | undefined>
  /** Of what lies in the folder: what is served, and what is not. */
  list(): Promise<{ served: string[]; passedOver: string[] }>
}

/**
 * What WeChat asks to be put at a domain's root: MP_verify_…txt for accounts (网页授权域名), WW_verify_…txt for WeCom, and for
 * mini programs a name of letters and digits alone.
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
const PROOF = /^(?:(?:MP|WW)_verify_)?[A-Za-z0-9]{8,40}\.txt$/
const PICTURES = ['qr.png', 'qr.jpg']

const MAX_PROOF_BYTES = 1024
const MAX_PICTURE_BYTES = 1024 * 1024
const MAX_LISTED = 50

/** The files of `CONFIG_DIR/public`, looked at each time: they are few, and a new one is there at once. */
export const openPublicFiles = (configDir: string): PublicFiles => {
  const folder = join(configDir, 'public')
  const read = async (name: string): Promise<PublicFile | undefined> => {
    const isPicture = PICTURES.includes(name)
    if (!isPicture && !PROOF.test(name)) return undefined
    const bytes = await readWithin(folder, name, isPicture ? MAX_PICTURE_BYTES : MAX_PROOF_BYTES)
    const type = bytes && (isPicture ? pictureType(bytes) : textType(bytes))
    return bytes && type ? { type, bytes } : undefined
  }
  const areServed = async (names: readonly string[]): Promise<boolean[]> =>
    Promise.all(names.map(async (name) => (await read(name)) !== undefined))
  return {
    read,
    async picture() {
      const served = await areServed(PICTURES)
      return PICTURES.find((_, index) => served[index])
    },
    async list() {
      const all = await readdir(folder).catch(() => [])
      // Nobody expects to see those at their address.
      const names = all
        .filter((name) => !/^(\.|readme)/i.test(name))
        .toSorted()
        .slice(0, MAX_LISTED)
      const served = await areServed(names)
      return {
        served: names.filter((_, index) => served[index]),
        passedOver: names.filter((_, index) => !served[index]),
      }
    },
  }
}

/** Where browsers find the account's own QR code: as the operator says, else the picture in the folder. */
export const accountPicture = async (
  { WECHAT_QR_URL }: { WECHAT_QR_URL: string | undefined },
  files: Pick<PublicFiles, 'picture'>,
  publicUrl: string,
): Promise<string | undefined> => {
  if (WECHAT_QR_URL !== undefined) return WECHAT_QR_URL
  const name = await files.picture()
  return name === undefined ? undefined : `${publicUrl}/${name}`
}

/** A plain file of the folder, at most so large; what leads out of the folder is not there. */
const readWithin = async (folder: string, name: string, maxBytes: number): Promise<Buffer | undefined> => {
  try {
    const [home, path] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!path.startsWith(home + sep)) return undefined
    // A named pipe would keep us waiting for somebody who writes into it.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    try {
      const found = await file.stat()
      if (!found.isFile() || found.size > maxBytes) return undefined
      const buffer = Buffer.alloc(maxBytes)
      const { bytesRead } = await file.read(buffer, 0, maxBytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}

const SIGNS: readonly [string, string][] = [
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
]

/** By its first bytes: a JPEG saved as qr.png is one all the same. */
const pictureType = (bytes: Buffer): string | undefined => {
  const start = bytes.subarray(0, 8).toString('hex')
  return SIGNS.find(([sign]) => start.startsWith(sign))?.[1]
}

/** Proofs are a word of letters and digits. Nothing else is given out under such a name. */
const textType = (bytes: Buffer): string | undefined =>
  /^\uFEFF?[\w.=+/-]+\s*$/.test(bytes.toString('utf8')) ? 'text/plain; charset=utf-8' : undefined
