import type { Config } from './config.ts'
import { errorCode } from './error-code.ts'
import { say, type Words } from './say.ts'
import { storeReason } from './store-reason.ts'

type Ports = Pick<Config, 'PORT' | 'WORKER_PORT' | 'METRICS_PORT' | 'HOST'>

/** Why the service cannot start and what to do, in one line for the operator. The stack is in the debug log. */
export const startReason = (thrown: unknown, config: Ports): string => {
  const code = errorCode(thrown) ?? ''
  if (code === 'EADDRNOTAVAIL' || fieldOf(thrown, 'hostname') === config.HOST) return hostReason(config.HOST)
  const port = fieldOf(thrown, 'port')
  if (typeof port === 'number') return portReason(code, port, config)
  const path = fieldOf(thrown, 'path')
  const fix = FILES[code]
  if (typeof path === 'string' && fix) return say({ zh: `${path} ${fix.zh}`, en: `${path} ${fix.en}` })
  return storeReason(code) ?? (thrown instanceof Error ? thrown.message || code : String(thrown))
}

const portReason = (code: string, port: number, config: Ports): string => {
  const names = ['PORT', 'METRICS_PORT', 'WORKER_PORT'] as const
  const name = names.find((each) => config[each] === port)
  if (code === 'EADDRINUSE')
    return say({
      zh: `端口 ${port} 已被占用：请停掉占用它的程序，或者设置 ${name ?? 'PORT'} 换一个端口`,
      en: `port ${port} is in use: stop what uses it, or set ${name ?? 'PORT'}`,
    })
  if (code === 'EACCES')
    return say({
      zh: `没有权限用端口 ${port}：请把 ${name ?? 'PORT'} 设成 1024 以上的端口`,
      en: `port ${port} wants more rights than this program has: set ${name ?? 'PORT'} to one above 1024`,
    })
  // Nothing of ours is listened on: something was to be reached there.
  return (
    storeReason(code) ??
    say({
      zh: `端口 ${port} 用不了（${code}）：请检查 HOST 和 ${name ?? 'PORT'}`,
      en: `port ${port} cannot be used (${code}): check HOST and ${name ?? 'PORT'}`,
    })
  )
}

const hostReason = (host: string): string =>
  say({
    zh: `HOST=${host} 不是这台机器的地址：只给本机用就设成 127.0.0.1，所有地址都用就设成 0.0.0.0`,
    en: `HOST=${host} is no address of this machine: use 127.0.0.1 for itself alone, 0.0.0.0 for all it has`,
  })

const DENIED = {
  zh: '没有权限：请检查它的主人和权限（容器里应属于 uid 1000），或者设置 DATA_DIR',
  en: 'is not allowed: check its owner (uid 1000 in a container) and permissions, or set DATA_DIR',
}
const NO_FOLDER = {
  zh: '不是文件夹，或上级不是文件夹：请检查 DATA_DIR',
  en: 'is no folder, or is in none: check DATA_DIR',
}

/** By the code of what went wrong with a file or a folder; follows its path. */
const FILES: { [code: string]: Words } = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: {
    zh: '在只读的文件系统上：请把 DATA_DIR 设成可以写的文件夹',
    en: 'is on a read-only file system: set DATA_DIR to a folder that can be written',
  },
  ENOTDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  ENOSPC: { zh: '写不下，磁盘满了：请先腾出空间', en: 'has no room, the disk is full: make room first' },
}

const fieldOf = (thrown: unknown, name: string): unknown =>
  typeof thrown === 'object' && thrown !== null
    ? Object.entries(thrown).find(([each]) => each === name)?.[1]
    : undefined
