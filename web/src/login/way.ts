/**
 * How somebody gets to WeChat from here. wechat: this page is open in it · touch: it is on the very device, most likely ·
 * desk: on a phone beside this screen.
 */
export type Way = 'wechat' | 'touch' | 'desk'

export const wayHere = (): Way => {
  if (/MicroMessenger/i.test(navigator.userAgent)) return 'wechat'
  return matchMedia('(pointer: coarse)').matches ? 'touch' : 'desk'
}
