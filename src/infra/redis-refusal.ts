import type { Redis } from 'ioredis'
import { say } from '../base/say.ts'

/**
 * Why this Redis will not do, in a sentence, or undefined. One node that holds all slots of a cluster does, and so does
 * a cluster behind a proxy that looks like one node: all keys of a script are in one slot.
 * @throws what Redis says, or that it does not answer
 */
export const refusalOf = async (redis: Redis): Promise<string | undefined> => {
  const info = await redis.info()
  if (fieldOf(info, 'cluster_enabled') !== '1') return undefined
  if ((redis.options.db ?? 0) !== 0)
    return say({
      zh: 'Redis 集群只有 0 号库：请把 REDIS_URL 的末尾改成 /0',
      en: 'a Redis cluster has only database 0: end REDIS_URL with /0',
    })
  const nodes = Number(fieldOf(String(await redis.call('cluster', 'info')), 'cluster_size') ?? 1)
  if (nodes <= 1) return undefined
  return say({
    zh: `不支持 ${nodes} 个节点的 Redis 集群：请使用主从版，或集群的代理地址`,
    en:
      `a Redis cluster of ${nodes} nodes is not supported: use one node, with replicas if you like, or the proxy of the ` +
      'cluster',
  })
}

/** A field of the reply to INFO or CLUSTER INFO. */
export const fieldOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
