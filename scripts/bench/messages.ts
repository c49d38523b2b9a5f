import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WXBizMsgCrypt from 'wechat-crypto'
import { type Post, postAll } from './load.ts'

/**
 * How many commands a second one core answers directly in AES mode, beside a bare server that only decrypts. Rates
 * mean little on a noisy machine; their ratio within one run means more.
 */
const MESSAGES = 30_000
const CONNECTIONS = 32
const account = {
  appId: 'wxbench0000000000',
  token: randomBytes(12).toString('hex'),
  aesKey: `${'A'.repeat(42)}E`,
}

const posts = (count: number, from: number): Post[] => {
  const crypt = new WXBizMsgCrypt(account.token, account.aesKey, account.appId)
  const timestamp = String(Math.floor(Date.now() / 1000))
  return Array.from({ length: count }, (_, index) => {
    const nonce = String(from + index)
    const cipher = crypt.encrypt(
      `<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[oBench${index % 5000}]]></FromUserName>` +
        `<CreateTime>${timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[帮助]]></Content>` +
        `<MsgId>${6_260_957_665_000_000_000n + BigInt(from + index)}</MsgId></xml>`,
    )
    const signature = createHash('sha1')
      .update([account.token, timestamp, nonce, cipher].sort().join(''))
      .digest('hex')
    return {
      path: `/wechat/callback?timestamp=${timestamp}&nonce=${nonce}&encrypt_type=aes&msg_signature=${signature}`,
      body: `<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[${cipher}]]></Encrypt></xml>`,
    }
  })
}

const withServer = async <T>(
  file: string,
  env: NodeJS.ProcessEnv,
  work: (url: string) => Promise<T>,
): Promise<T> => {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk
        const found = out.match(/http:\/\/[\d.:]+/)
        if (found) resolve(found[0])
      })
      child.once('exit', () => reject(new Error(`${file} ended: ${out}`)))
    })
    return await work(url)
  } finally {
    child.kill('SIGTERM')
  }
}

export const benchMessages = async (): Promise<object[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-bench-'))
  const env = {
    DATA_DIR: dir,
    LOG_LEVEL: 'warn',
    WECHAT_APP_ID: account.appId,
    WECHAT_TOKEN: account.token,
    WECHAT_AES_KEY: account.aesKey,
  }
  try {
    const measure = (file: string) =>
      withServer(file, env, async (url) => {
        await postAll(url, posts(3000, 1_000_000), CONNECTIONS)
        return postAll(url, posts(MESSAGES, 2_000_000), CONNECTIONS)
      })
    const bare = await measure('scripts/bench/peer-decrypt.ts')
    const yingda = await measure('src/main.ts')
    return [
      { what: 'bare node:http, decrypts, answers a constant', ...bare, ratio: 1 },
      {
        what: 'Yingda, answers 帮助 in AES mode, stores it',
        ...yingda,
        ratio: +(yingda.perSecond / bare.perSecond).toFixed(2),
      },
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
