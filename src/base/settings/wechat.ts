import { z } from 'zod'
import {
  aesKey,
  flag,
  HTTP_URL,
  httpUrl,
  ON_OR_OFF,
  optional,
  SECRET,
  setting,
  text,
  whole,
} from './setting.ts'

/** The Official Account, and the addresses of WeChat. */
export const WECHAT = {
  WECHAT_APP_ID: optional(
    text,
    { zh: '公众号的 AppID', en: 'AppID of the Official Account' },
    { zh: 'wx0123456789abcdef 这样的 AppID', en: 'an AppID such as wx0123456789abcdef' },
  ),
  WECHAT_APP_SECRET: optional(
    text,
    { zh: '公众号的 AppSecret', en: 'AppSecret of the Official Account' },
    { zh: 'AppSecret', en: 'the AppSecret' },
    SECRET,
  ),
  WECHAT_TOKEN: optional(
    text,
    { zh: '公众号后台「服务器配置」里的 Token', en: 'Token of the server configuration' },
    { zh: 'Token', en: 'the Token' },
    SECRET,
  ),
  WECHAT_AES_KEY: optional(
    aesKey,
    {
      zh: '「服务器配置」里的 EncodingAESKey；设置后不再接受明文消息',
      en: 'EncodingAESKey; with it plain posts are refused',
    },
    { zh: '43 个字母和数字', en: '43 letters and digits' },
    SECRET,
  ),
  WECHAT_AES_KEY_PREVIOUS: optional(
    aesKey,
    { zh: '更换 EncodingAESKey 时填旧的：换好之前仍能解开', en: 'still opens while keys change' },
    { zh: '43 个字母和数字', en: '43 letters and digits' },
    SECRET,
  ),
  WECHAT_ALLOW_PLAIN: setting(
    flag,
    false,
    {
      zh: '设置了 EncodingAESKey 也接受明文消息',
      en: 'accept plain posts though an AES key is set',
    },
    ON_OR_OFF,
    { fallbackText: '0' },
  ),
  WECHAT_ACCOUNT: setting(
    z.enum(['auto', 'service', 'verified', 'unverified']),
    'auto',
    {
      zh: '账号类型：auto（自动识别）、service（已认证的服务号）、verified（已认证的公众号）、unverified（未认证）',
      en: 'auto (find out), service (verified 服务号), verified (verified 公众号), unverified',
    },
    { zh: 'auto、service、verified 或 unverified', en: 'auto, service, verified or unverified' },
  ),
  WECHAT_API_BASE: setting(
    httpUrl,
    'https://api.weixin.qq.com',
    { zh: '微信接口的网址，或者出口 IP 固定的代理', en: 'WeChat API, or a fixed-IP proxy to it' },
    HTTP_URL,
  ),
  WECHAT_MP_BASE: setting(
    httpUrl,
    'https://mp.weixin.qq.com',
    { zh: '二维码图片从哪里取', en: 'where QR images come from' },
    HTTP_URL,
  ),
  WECHAT_OAUTH_BASE: setting(
    httpUrl,
    'https://open.weixin.qq.com',
    {
      zh: '在微信里打开网页时，一键登录跳转到的网址',
      en: "where WeChat's own browser is sent to log in with one tap",
    },
    HTTP_URL,
  ),
  WECHAT_QR_URL: optional(
    z.url({ protocol: /^https?$/ }),
    {
      zh: '公众号二维码图片的网址；账号不能自己生成二维码时，登录页显示它',
      en: "picture of the account's own QR code, shown on the page where the account can make none of its own",
    },
    { zh: '图片的 http(s) 网址', en: 'an http(s) URL of a picture' },
    { fallbackText: { zh: 'CONFIG_DIR/public/qr.png，有就用', en: 'CONFIG_DIR/public/qr.png if present' } },
  ),
  WECHAT_ACCOUNT_NAME: optional(
    z.string().trim().min(1).max(60),
    {
      zh: '公众号的名称，登录页显示它，方便用户在微信里搜索',
      en: 'name of the account, by which it is found in WeChat; shown on the login page',
    },
    { zh: '不超过 60 个字的名称', en: 'a name of at most 60 characters' },
  ),
  WECHAT_REPLY_BUDGET_MS: setting(
    whole(100, 4900),
    4500,
    {
      zh: '一次回调最多等多久（毫秒）；微信等 5 秒就会断开',
      en: 'how long one callback may wait; WeChat hangs up after 5 s',
    },
    { zh: '100 到 4900 毫秒', en: 'milliseconds from 100 to 4900' },
  ),
}
