import type { Random } from './account.ts'

/** Error texts as api.weixin.qq.com words them (全局返回码). */
const TEXTS: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40016: 'invalid button size',
  40017: 'invalid button type',
  40029: 'invalid code',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40052: 'invalid action name',
  40053: 'invalid action info',
  40066: 'invalid url',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip 127.0.0.1, not in whitelist',
  40200: 'invalid account type',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  43002: 'require POST method',
  43004: 'require subscribe',
  44002: 'empty post data',
  44004: 'empty content',
  45002: 'content size out of limit',
  45008: 'article size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  45072: 'command error',
  45080: 'client need last 30 s message contact',
  45081: 'is already typing',
  46003: 'menu no exist',
  47001: 'data format error',
  48001: 'api unauthorized',
  48004: 'api forbidden for irregularities',
  50002: 'user limited',
}

/** Error bodies; `errmsg` always ends with the `rid` that Tencent's diagnosis tool takes. */
export const createRefusal = (random: Random) => (errcode: number) => {
  const rid = [random(4), random(4), random(4)].map((part) => part.toString('hex')).join('-')
  return { errcode, errmsg: `${TEXTS[errcode] ?? 'refused'} rid: ${rid}` }
}
