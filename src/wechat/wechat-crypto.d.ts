/** wechat-crypto ships no types; these are the parts of its 0.0.2 that are used. */
declare module 'wechat-crypto' {
  export default class WXBizMsgCrypt {
    /** Goes to createCipheriv as it is. */
    key: Buffer | import('node:crypto').KeyObject
    readonly iv: Buffer
    /** @throws Error when an argument is empty or the AES key does not decode to 32 bytes */
    constructor(token: string, encodingAesKey: string, appId: string)
    encrypt(text: string): string
  }
}
