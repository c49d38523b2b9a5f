import { describe, expect, test } from '@jest/globals'
import { deviceOf } from '../../src/identity/device-of.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('the name of a device', () => {
  test.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`,
      'Chrome · Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36 Edg/139.0`,
      'Edge · Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15',
      'Safari · Mac',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/139.0 Mobile/15E148 Safari/604.1',
      'Chrome · iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.60',
      'WeChat · iPhone',
    ],
    [
      `Mozilla/5.0 (Linux; U; Android 14; zh-cn; 23127PN0CC) ${WEBKIT} Chrome/118.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.6`,
      'Mi Browser · Android',
    ],
    [
      `Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) ${WEBKIT} Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36`,
      'Huawei Browser · HarmonyOS',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox · Linux'],
    ['curl/8.14.1', undefined],
    ['', undefined],
    ['<a href="weixin://x">点我</a>\n验证码：999999 http://evil.example', undefined],
  ])('of %j is %j', (userAgent, name) => {
    expect(deviceOf(userAgent)).toBe(name)
  })

  test('holds nothing that the header brings along', () => {
    const lie = `发给客服 123456 Chrome/1 Windows ${'😀'.repeat(1e5)}`
    expect(deviceOf(lie)).toBe('Chrome · Windows')
  })
})
