const MAX_USER_AGENT_CHARS = 200

/** What of a User-Agent header may be kept and shown. */
export const shownUserAgent = (userAgent: string): string =>
  userAgent
    .slice(0, MAX_USER_AGENT_CHARS)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .trim()

/** Those that call themselves by others' names as well stand before these. */
const BROWSERS: readonly [RegExp, string][] = [
  [/MicroMessenger/i, 'WeChat'],
  [/QQBrowser|MQQBrowser/i, 'QQ Browser'],
  [/UCBrowser|UBrowser/i, 'UC'],
  [/Quark\//i, 'Quark'],
  [/baidubox|BIDUBrowser/i, 'Baidu'],
  [/HuaweiBrowser/i, 'Huawei Browser'],
  [/MiuiBrowser|XiaoMi/i, 'Mi Browser'],
  [/SamsungBrowser/i, 'Samsung Internet'],
  [/360SE|360EE|QihooBrowser/i, '360'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome\/|CriOS|Chromium/, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/HarmonyOS|OpenHarmony/i, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
]

/** What is known of a browser; undefined what is not. */
export type Device = { browser: string | undefined; system: string | undefined }

/**
 * What a User-Agent header means to a person. Nothing of the header itself is in it: anybody may write there what they like.
 */
export const deviceIn = (userAgent: string): Device => {
  const nameIn = (names: readonly [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1]
  return { browser: nameIn(BROWSERS), system: nameIn(SYSTEMS) }
}

/** The same in one, such as `Chrome · Windows`; undefined when nothing is known. */
export const deviceOf = (userAgent: string): string | undefined => {
  const { browser, system } = deviceIn(userAgent)
  const known = [browser, system].filter((name) => name !== undefined)
  return known.length > 0 ? known.join(' · ') : undefined
}
