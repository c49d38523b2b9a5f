import { z } from 'zod'
import { A_PATH, HTTP_URL, httpUrl, optional, proxyUrl, SECRET, setting, text } from './setting.ts'

const A_PROXY = {
  zh: '代理的地址，如 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080',
  en: 'the address of a proxy, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080',
}

/** The one-channel shortcut, the file of all channels, and the way to providers. */
export const MODELS = {
  OPENAI_API_KEY: optional(
    text,
    {
      zh: '只用一个渠道时的 API Key（渠道代码 default）',
      en: 'key of the one-channel shortcut (channel code: default)',
    },
    { zh: '一个 API Key', en: 'a key' },
    SECRET,
  ),
  OPENAI_BASE_URL: optional(
    httpUrl,
    { zh: '任何兼容 OpenAI 的接口地址', en: 'any OpenAI-compatible API' },
    HTTP_URL,
    { fallbackText: { zh: 'OpenAI 官方地址', en: "the SDK's" } },
  ),
  OPENAI_MODEL: optional(
    text,
    { zh: '只用一个渠道时的模型名', en: 'model of the one-channel shortcut' },
    { zh: '模型名', en: 'a model name' },
  ),
  HTTPS_PROXY: optional(
    proxyUrl,
    {
      zh: '访问 https 接口走的代理，小写的名字也可以；每个渠道还可以单独设置',
      en: 'proxy on the way to providers with an https address; small letters will do. A channel may name its own',
    },
    A_PROXY,
    SECRET,
  ),
  HTTP_PROXY: optional(
    proxyUrl,
    {
      zh: '访问 http 接口走的代理；没有设置 HTTPS_PROXY 时 https 也走它',
      en: 'the same for http addresses, and for https ones where HTTPS_PROXY is not set',
    },
    A_PROXY,
    SECRET,
  ),
  NO_PROXY: setting(
    z.string(),
    '',
    {
      zh: '不走代理的主机，用逗号隔开；本机总是直连',
      en: 'hosts asked without a proxy, with commas between; this machine always is',
    },
    {
      zh: '用逗号隔开的主机，如 .example.com,10.0.0.5',
      en: 'hosts with commas between, such as .example.com,10.0.0.5',
    },
    { fallbackText: '' },
  ),
  CHANNELS_FILE: optional(text, { zh: '渠道文件', en: 'channels by code' }, A_PATH, {
    fallbackText: { zh: 'CONFIG_DIR/channels.yaml，有就用', en: 'CONFIG_DIR/channels.yaml if present' },
  }),
}
