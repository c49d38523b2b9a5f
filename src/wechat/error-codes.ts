import { say, type Words } from '../base/say.ts'

/**
 * What a caller should do about a failed call:
 * `retry` later with growing pauses · `renew-token` once, then repeat · `hold` the answer for the user's next word ·
 * `give-up` on this user · `split` the text smaller · `not-granted`: never call this again for this account ·
 * `ignore` · `alarm`: stop, an operator must act · `fix`: our request is wrong, repeating it cannot help.
 */
export type Advice =
  | 'retry'
  | 'renew-token'
  | 'hold'
  | 'give-up'
  | 'split'
  | 'not-granted'
  | 'ignore'
  | 'alarm'
  | 'fix'

/** How a code is read: what to do, and one short sentence for the operator. */
export type Reading = { advice: Advice; hint: Words }

// The send page lists only -1, 40001, 40013, 45008 and 70000; the others are global return codes:
// https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
const KNOWN: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [
    -1,
    {
      advice: 'retry',
      hint: { zh: '微信系统繁忙，过一会儿会再试', en: 'WeChat is busy; try again a little later' },
    },
  ],
  [
    40001,
    {
      advice: 'renew-token',
      hint: {
        zh: 'access token 不对，或者已被新的替换',
        en: 'the access token is wrong or was replaced by a newer one',
      },
    },
  ],
  [
    40003,
    {
      advice: 'give-up',
      hint: {
        zh: 'OpenID 不对、属于别的公众号，或者已经取消关注',
        en: 'the OpenID is wrong, of another account, or no longer follows',
      },
    },
  ],
  [
    40013,
    {
      advice: 'alarm',
      hint: {
        zh: '微信不认识这个 AppID：请检查 WECHAT_APP_ID',
        en: 'WeChat does not know the app id; check WECHAT_APP_ID',
      },
    },
  ],
  [
    40014,
    { advice: 'renew-token', hint: { zh: 'access token 的格式不对', en: 'the access token is malformed' } },
  ],
  [
    40033,
    {
      advice: 'fix',
      hint: {
        zh: '请求里有 \\u 转义：内容应该是原样的 UTF-8',
        en: 'the request held \\u escapes; the body must be raw UTF-8',
      },
    },
  ],
  [
    40125,
    {
      advice: 'alarm',
      hint: {
        zh: 'AppSecret 不对：请检查 WECHAT_APP_SECRET',
        en: 'the app secret is wrong; check WECHAT_APP_SECRET',
      },
    },
  ],
  [
    40164,
    {
      advice: 'alarm',
      hint: {
        zh: '这台服务器的 IP 不在公众号的 IP 白名单里：请把上面的 IP 加进去（1 到 5 分钟后生效）',
        en: 'this address is not in the IP allowlist of the account; add the one shown (it takes 1-5 minutes)',
      },
    },
  ],
  [
    40200,
    {
      advice: 'not-granted',
      hint: { zh: '这类公众号不能用这个接口', en: 'this type of account may not use the interface' },
    },
  ],
  [
    41001,
    {
      advice: 'fix',
      hint: {
        zh: '请求里没有 access token：请看看路上的代理是不是丢掉了网址里的参数',
        en: 'the access token was missing; look for a proxy that drops the query',
      },
    },
  ],
  [42001, { advice: 'renew-token', hint: { zh: 'access token 过期了', en: 'the access token has expired' } }],
  [
    43004,
    { advice: 'give-up', hint: { zh: '用户要先关注公众号', en: 'the user must follow the account first' } },
  ],
  [
    43019,
    {
      advice: 'give-up',
      hint: { zh: '用户在公众号的黑名单里', en: 'the user is on the black list of the account' },
    },
  ],
  [
    45002,
    {
      advice: 'split',
      hint: { zh: '文字太长：要分成几段发', en: 'the text is too long; send it in smaller parts' },
    },
  ],
  [45008, { advice: 'fix', hint: { zh: '一次只能发一篇图文', en: 'only one article may be sent' } }],
  [
    45009,
    {
      advice: 'alarm',
      hint: {
        zh: '这个接口今天的调用次数用完了：请等到明天，或在公众号后台清零',
        en: 'the daily or frequency limit of the interface is used up; wait for the next day or clear the quota',
      },
    },
  ],
  [45011, { advice: 'retry', hint: { zh: '调用太频繁，放慢一些', en: 'called too often; slow down' } }],
  [
    45015,
    {
      advice: 'hold',
      hint: {
        zh: '过了可以主动回复的时间：回答会等用户再发一句',
        en: 'outside the reply window; the answer waits for the next message',
      },
    },
  ],
  [
    45047,
    {
      advice: 'hold',
      hint: {
        zh: '主动消息的条数用完了：回答会等用户再发一句',
        en: 'message quota used up; the answer waits for the next message',
      },
    },
  ],
  [
    45072,
    {
      advice: 'ignore',
      hint: { zh: '微信不认识「正在输入」的命令', en: 'WeChat did not know the typing command' },
    },
  ],
  [
    45080,
    {
      advice: 'ignore',
      hint: {
        zh: '没有显示「正在输入」：用户 30 秒内没有发过消息',
        en: 'no typing notice: the user has not written in the last 30 seconds',
      },
    },
  ],
  [45081, { advice: 'ignore', hint: { zh: '「正在输入」还显示着', en: 'the typing notice is still shown' } }],
  [
    48001,
    {
      advice: 'not-granted',
      hint: {
        zh: '公众号没有这个接口的权限：只能在回调里回答',
        en: 'the interface is not granted; reply to callbacks only',
      },
    },
  ],
  [48002, { advice: 'give-up', hint: { zh: '用户关掉了消息', en: 'the user has turned off messages' } }],
  [
    48004,
    {
      advice: 'alarm',
      hint: {
        zh: '这个公众号的接口被封禁：请看公众号后台的通知',
        en: 'the interface is banned for this account; see the notices of the account',
      },
    },
  ],
  [
    48006,
    {
      advice: 'alarm',
      hint: {
        zh: '这个月清零的次数用完了：请等一等',
        en: 'the quota was cleared too often this month; wait',
      },
    },
  ],
  [
    48017,
    {
      advice: 'alarm',
      hint: {
        zh: '这个接口地址已经停用：请把 WECHAT_API_BASE 设成域名',
        en: 'this API address is retired; set WECHAT_API_BASE to a host name',
      },
    },
  ],
  [
    50001,
    {
      advice: 'give-up',
      hint: { zh: '用户没有授权这个接口', en: 'the user has not authorised this interface' },
    },
  ],
  [
    50002,
    {
      advice: 'give-up',
      hint: {
        zh: '用户或公众号受到限制：经常出现的话，请看公众号后台的通知',
        en: 'the user or the account is restricted; if frequent, see the notices',
      },
    },
  ],
  [
    50005,
    { advice: 'give-up', hint: { zh: '用户没有关注公众号', en: 'the user does not follow the account' } },
  ],
  [
    70000,
    {
      advice: 'give-up',
      hint: { zh: '微信为保护未成年人拦下了', en: 'blocked by WeChat to protect a minor' },
    },
  ],
])

const NEW_ADDRESS: Reading = {
  advice: 'alarm',
  hint: {
    zh: '从新的 IP 取 access token 要公众号管理员同意：请在微信里确认',
    en: 'a token call from a new IP waits for the consent of an administrator of the account; confirm it in WeChat',
  },
}

// An unknown refusal may mean anything: repeating could make it worse, and someone should look at it.
const UNKNOWN: Reading = {
  advice: 'alarm',
  hint: {
    zh: '没见过的错误码：请用 rid 在微信的诊断工具里查',
    en: 'an unknown code; look it up with the rid in the diagnosis tool',
  },
}

export const PASSING: Reading = {
  advice: 'retry',
  hint: {
    zh: '微信或者到微信的网络有问题，稍后会再试',
    en: 'WeChat or the way to it is disturbed; try again later',
  },
}

export const readingOf = (errcode: number): Reading =>
  KNOWN.get(errcode) ?? (errcode >= 89501 && errcode <= 89507 ? NEW_ADDRESS : UNKNOWN)

export const adviceFor = (errcode: number): Advice => readingOf(errcode).advice

/** One short sentence for the operator: what happened or what to do. */
export const hintFor = (errcode: number): string => say(readingOf(errcode).hint)
