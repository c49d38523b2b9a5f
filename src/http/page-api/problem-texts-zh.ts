import type { ProblemTexts } from './problems.ts'

export const zhCN: ProblemTexts = {
  codeNote: '（代码 {code}）',
  newTicket:
    '不想等的话，换一个二维码重新扫，或在公众号里发送页面上新的「登录」加数字，用新的验证码马上就能登录；在微信里或另一台设备上打开本页也可以。',
  'malformed-body': { title: '请求读不懂', detail: '请求的内容不是完整的 JSON。请刷新页面后再试一次。' },
  'login-required': { title: '请先登录', detail: '还没有登录，或者登录已经过期。请用微信扫码登录。' },
  'wrong-code': {
    title: '验证码不对',
    detail: '验证码不对，或者已经用过了。请核对后再输一次，或在公众号里发送「登录」拿一个新的。',
  },
  'expired-code': {
    title: '验证码过期了',
    detail: '验证码只有 5 分钟有效，这个已经过期了。请在公众号里发送「登录」拿一个新的。',
  },
  'no-calls': {
    title: '次数不够了',
    detail: '剩下的次数不够问这个问题。可以在「我的账号」里兑换卡密，或者绑定你自己的 KEY。',
  },
  'foreign-origin': {
    title: '地址不一致',
    detail: '这个页面的地址和服务设置的不一致，这次操作没有执行。请联系客服，告诉他们你打开的网址。',
  },
  blocked: { title: '暂时不能提问', detail: '你暂时不能在这里提问。如果觉得是误会，请联系运营者。' },
  'fresh-login-needed': {
    title: '请重新登录一次',
    detail: '为了确认是你本人，导出和删除数据前要重新登录一次。请用微信再登录，半小时内就可以操作。',
  },
  'not-found': { title: '没有找到', detail: '这里没有你要找的内容，可能已经被删除了。请返回后再看看。' },
  'card-already-yours': {
    title: '这张卡密你用过了',
    detail: '这张卡密你已经在 {date} 兑换过了，次数在你的账户里。',
  },
  'idempotency-key-reused': {
    title: '重复的请求',
    detail: '这个请求标识已经用在另一个对话里了。请刷新页面后再发一次。',
  },
  'too-large': { title: '内容太长了', detail: '内容太长，没有收下。请缩短一些，或者分几次发。' },
  'not-json': { title: '格式不对', detail: '请求的内容要用 JSON（application/json）。' },
  'invalid-input': {
    title: '有内容不符合要求',
    detail: '有内容不符合要求，没有执行。请看看下面的提示，改好再试。',
  },
  'card-in-text': {
    title: '这里面有卡密',
    detail: '这里面有一张卡密，所以没有发给 AI，也没有保存。请到「我的账号」里兑换；想提问，请去掉卡密再发。',
  },
  'card-malformed': {
    title: '卡密不完整',
    detail: '卡密好像不完整：它有 8 组，每组 6 个字符。请核对后再试，大小写、空格和横线都没有关系。',
  },
  'card-refused': {
    title: '不能兑换',
    detail: '这张卡密不能兑换。请核对后再试；确定没有输错的话，请把代码告诉运营者。',
  },
  'card-too-late': {
    title: '卡密过期了',
    detail: '这张卡密最晚要在 {date} 兑换，现在已经过期了。请联系卖给你卡密的人。',
  },
  'key-in-text': {
    title: '这里面有 KEY',
    detail:
      '这里面好像有一个 KEY（密钥），所以没有发给 AI，也没有保存。想用自己的 KEY，请到「我的账号」里绑定；想提问，请去掉 KEY 再发。',
  },
  'own-key-malformed': {
    title: '不像一个 KEY',
    detail: '这不像一个 KEY：它是一串没有空格的字母、数字和符号。请整段复制后再试。',
  },
  'own-key-refused': {
    title: 'KEY 没有通过',
    detail: '服务商不接受这个 KEY，所以没有保存。请检查它是否完整、有没有停用。',
  },
  'own-key-no-credit': {
    title: 'KEY 没有余额',
    detail:
      '服务商认得这个 KEY，但说它没有余额，或眼下用得太频繁，所以没有保存。请充值，或过几分钟再试，也可以换一个 KEY。',
  },
  'own-keys-not-offered': {
    title: '不支持绑定',
    detail: '这里不支持绑定自己的 KEY。想要更多次数，请兑换卡密。',
  },
  'unknown-channel': {
    title: '没有这个渠道',
    detail: '没有找到这个渠道，或者它不接受自己的 KEY。请重新选一个。',
  },
  'model-unavailable': {
    title: '模型不可用',
    detail: '这个模型现在不能用，问题没有计入次数。请换一个模型再问。',
  },
  'words-refused': {
    title: '换个说法',
    detail: '这个问题里有不方便在这里说的词，没有计入次数。请换个说法再问一次。',
  },
  'question-too-long': {
    title: '问题太长了',
    detail: '这个问题太长了，没有计入次数。请缩短一些，或分成几段来问。',
  },
  'too-many-requests': { title: '操作太快了', detail: '操作有点太快了，请过 {seconds} 秒再试。' },
  'too-many-tries': { title: '试错太多次', detail: '试错的次数太多了，请过 {minutes} 分钟再试。' },
  'login-busy': {
    title: '现在试的人太多',
    detail:
      '现在有很多人在试验证码，这一次没有试。请刷新页面，照上面的样子发送「登录」加数字，用收到的 6 位验证码登录，不用排队；或者过 {seconds} 秒再试。',
  },
  'too-fast': { title: '问得有点快', detail: '你问得有点快，请稍等一下再试。' },
  'too-many-waiting': {
    title: '还有问题在等',
    detail: '前面还有问题在等我回答，请稍等一下再问。这一条没有计入次数。',
  },
  'too-many-streams': {
    title: '打开的页面太多了',
    detail: '同时打开的页面太多了，这里暂时看不到实时的内容。请关掉几个，过 {seconds} 秒再试。',
  },
  internal: {
    title: '出了点问题',
    detail: '我们这边出了点问题，请稍后再试。如果一直这样，请把追踪号告诉运营者。',
  },
  'store-stuck': { title: '现在有点忙', detail: '现在办不了，请过 {seconds} 秒再试。' },
  'own-key-unreachable': {
    title: '没能验证',
    detail: '现在没能验证这个 KEY，所以没有保存。请过几分钟再试。',
  },
  'oauth-unavailable': { title: '不能一键登录', detail: '这里现在不能一键登录。请用验证码登录。' },
}
