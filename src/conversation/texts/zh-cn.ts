import type { Wording } from './keys.ts'

export const zhCN: Wording = {
  greeting: '你好，我是应答，一个 AI 助手。直接发文字问我就好；发送「帮助」看看我会什么。',
  help: [
    '直接发文字提问，我会用 AI 来回答，并记得前面聊过的内容。',
    '回答慢的时候请稍等，答好了我会发给你；没看完的，发送「继续」。',
    '',
    '停止：停下正在说的',
    '重答：把上一个问题再答一次',
    '新对话：不带前面的内容，重新开始',
    '模型：看看有哪些模型，换一个',
    '额度：还剩多少次',
    '兑换：用卡密增加次数',
    '绑定：用你自己的 KEY；解绑：不再使用',
    '登录：在网页上接着聊；退出登录：结束网页上的登录',
    '删除我的数据：删除你在这里的一切',
    '帮助：再看到这些话',
  ].join('\n'),
  'onlyText.voice': '语音我还听不懂。请把想问的打成文字发给我。',
  'onlyText.image': '图片我还看不懂。请用文字告诉我你想问什么。',
  'onlyText.video': '视频我还看不懂。请用文字告诉我你想问什么。',
  'onlyText.location': '收到你的位置了，不过我只会回答文字问题。想问什么，请打字告诉我。',
  'onlyText.link': '链接我还打不开。请把想问的内容用文字发给我。',
  'onlyText.file': '文件我还读不了。请把想问的内容用文字发给我。',
  'onlyText.empty': '我没有收到文字。想问什么，请打字告诉我。',
  'onlyText.unsupported': '这种消息我还看不到。请用文字告诉我你想问什么。',
  'onlyText.sticker': '表情收到啦。想问什么，打字告诉我就好。',
  'onlyText.signs':
    '我只收到了标点。想问什么，打字告诉我就好；发送「帮助」（点这里{tap:帮助}）看看我会什么。',
  'smallTalk.hello': '',
  'smallTalk.thanks': '不客气！还有想问的，直接发给我就好。',
  'smallTalk.nod': '',
  didYouMean:
    '你是想发「{word}」吗？点这里{link}。不是的话，把刚才的话再发一次，我就来回答。这条没有计入次数。',

  codeNote: '（代码 {code}）',
  blocked: '你暂时不能在这里提问。如果觉得是误会，请把代码告诉运营者。{code}',
  tooFast: '你问得有点快，请过 {seconds} 秒再试。{code}',
  tooManyWaiting: '前面还有 {max} 个问题在等我回答，请稍等一下再问。这一条没有计入次数。{code}',
  refusedWords: '这个问题里有不方便在这里说的词，没有计入次数。请换个说法再问一次。{code}',
  questionTooLong: '这个问题太长了，没有计入次数。请缩短到大约 {characters} 字以内，或分成几段来问。{code}',
  noCalls:
    '次数不够了：这个问题要用 {price} 次，你还剩 {left} 次。可以发送「兑换 卡密」增加次数，或发送「绑定 KEY」用你自己的 KEY。{code}',
  noCallsToday:
    '今天的次数不够了：这个问题要用 {price} 次，你还剩 {left} 次。明天会有新的次数；现在就想问，可以发送「兑换 卡密」，或发送「绑定 KEY」用你自己的 KEY。{code}',

  apology: '抱歉，这个问题我没能答上来。请稍后再问一次。{code}',
  thoughtTooLong:
    '这个问题让模型想得太久，还没开口就到了上限，没有答上来。请问得短一些、具体一些，或发送「模型」换一个模型再问。{code}',
  blockedAnswer: '这次的回答里有不方便在这里说的词，所以没有给出，也没有计入次数。请换个问法试试。{code}',
  blockedAnswerCharged: '这次的回答里有不方便在这里说的词，所以没有给出。请换个问法试试。{code}',
  chargedShown: '因为在网页上已经显示过一部分回答，这次计入了次数。',
  chargedOften: '今天没有结果的提问已经很多次了，所以这次计入了次数。明天起，没有结果的提问又不计次数了。',
  cutOff: '（回答到这里中断了。回复「重答」重新回答，或「继续」接着往下说，都算一次提问。）',
  tooLong: '（回答太长，先说到这里。回复「继续」接着往下说，算一次提问。）',
  stoppedHere: '（已停止）',
  stillThinking: '还在想，请稍等几秒，再回复「继续」查看（点这里{tap:继续}）。',
  rest: '还有 {parts} 段，回复「继续」查看（点这里{tap:继续}，或<a href="{url}">看全文</a>）',
  restHere: '还有 {parts} 段，回复「继续」查看（点这里{tap:继续}）',
  untold: '之前的回答还有 {parts} 段，回复「继续」查看（点这里{tap:继续}）',
  nothingHeld: '没有还没看完的回答。想问什么，直接发给我就好。',
  goOn: '继续',
  stopping: '好的，停下了。已经说的会保留。',
  nothingToStop: '现在没有正在进行的回答。',
  nothingToRetry: '还没有可以重答的问题。想问什么，直接发给我就好。',
  newConversation: '好的，我们重新开始，前面的内容不再带进来。想问什么，直接发给我就好。',

  quotaTotal: '你还有 {remaining} 次：',
  quotaGrant: '· {kind} {remaining} 次，有效期至 {until}',
  quotaGrantForever: '· {kind} {remaining} 次，长期有效',
  'grantKinds.trial': '新用户体验',
  'grantKinds.daily': '每日次数',
  'grantKinds.card': '卡密兑换',
  'grantKinds.operator': '运营者赠送',
  quotaOwnKey: '正在用你自己的 KEY（{channel}，尾号 {tail}），提问不计次数。发送「解绑」不再使用。',
  quotaNone: '你现在没有可用的次数。可以发送「兑换 卡密」增加次数，或发送「绑定 KEY」用你自己的 KEY。',

  redeemHow: '请发送「兑换」和卡密，例如：兑换 ABCDEF-GHJKMN-…；把卡密直接发给我也可以。',
  redeemed: '兑换成功，增加了 {calls} 次，有效期至 {until}。你现在一共有 {remaining} 次，直接提问就好。',
  redeemedForever: '兑换成功，增加了 {calls} 次，长期有效。你现在一共有 {remaining} 次，直接提问就好。',
  redeemedCards:
    '兑换成功：{cards} 张卡密，一共增加了 {calls} 次。你现在一共有 {remaining} 次，直接提问就好。',
  restNotAsked: '（消息里的其他内容没有当作问题，想问的话请单独发给我。）',
  cardSeen:
    '这里面有一张卡密，所以我没有把它发给 AI，也没有计入次数。想兑换，请单独发送卡密；想提问，请去掉卡密再发一次。',
  cardMalformed:
    '卡密好像没有发完整：它有 8 组，每组 6 个字符。请核对后再发一次，大小写、空格和横线都没有关系。',
  cardRefused: '这张卡密不能兑换。请核对后再发一次；确定没有输错的话，请把代码告诉运营者。{code}',
  cardAlreadyYours:
    '这张卡密你已经在 {date} 兑换过了，次数在你的账户里。发送「额度」查看（点这里{tap:额度}）。',
  cardTooLate: '这张卡密最晚要在 {date} 兑换，现在已经过期了。请联系卖给你卡密的人。',
  cardTooManyTries: '卡密试错的次数太多了，请过 {minutes} 分钟再试。先核对一遍卡密会更快。',

  bindHow:
    '请发送「绑定」和你自己的 KEY，例如：绑定 sk-…；要指明渠道，就发送：绑定 渠道 KEY。可以绑定的渠道：{channels}',
  bound:
    '绑定成功（{channel}，尾号 {tail}）。之后的提问用你自己的 KEY，不计次数；发送「解绑」不再使用。为了安全，请在聊天记录里删除刚才那条带 KEY 的消息。',
  bindMalformed: '这不像一个 KEY：它是一串没有空格的字母、数字和符号。请整段复制，再发送「绑定 KEY」。',
  bindTooManyTries: 'KEY 试错的次数太多了，请过 {minutes} 分钟再试。先核对一遍 KEY 会更快。',
  bindRefused: '服务商不接受这个 KEY，所以没有保存。请检查它是否完整、有没有停用，再绑定一次。',
  bindNoCredit:
    '服务商认得这个 KEY，但说它没有余额，或眼下用得太频繁，所以没有保存。请充值，或过几分钟再绑定一次，也可以换一个 KEY。',
  bindUnreachable: '现在没能验证这个 KEY，所以没有保存。请过几分钟再绑定一次。',
  bindUnknownChannel: '没有找到这个渠道。请从这些里选一个，再绑定一次：{channels}',
  bindNotOffered: '这里不支持绑定自己的 KEY。想要更多次数，请发送「兑换 卡密」。',
  keySeen:
    '这里面好像有一个 KEY（密钥）。为了安全，我没有把它发给 AI，也没有保存，没有计入次数。想提问，请去掉 KEY 再发一次；它不是 KEY 的话，请换个写法。聊天记录里的这条消息，建议删掉。',
  unbound: '已经解绑，你的 KEY 不再保存在这里。之后的提问会计入次数，发送「额度」查看还剩多少。',
  nothingBound: '你没有绑定 KEY。想用自己的 KEY，请发送「绑定」。',
  ownKeyFailed:
    '这个问题没能用你自己的 KEY 答上来，你在这里的次数也没有动用。请检查这个 KEY，重新绑定一次，或发送「解绑」改用次数。{code}',

  modelsHead: '可以用的模型：',
  modelLine: '· {name}（每个问题 {price} 次）',
  modelLineChosen: '✓ {name}（每个问题 {price} 次，正在使用）',
  modelsHow: '发送「模型 名字」换成别的。',
  modelsNone: '现在还没有可以用的模型，请稍后再来看看。',
  modelChosen: '好的，之后由 {name} 回答，每个问题 {price} 次。想问什么，直接发给我就好。',
  modelUnknown: '没有找到 {name} 这个模型。发送「模型」看看有哪些（点这里{tap:模型}）。',
  modelGone:
    '你选的模型 {name} 已经不再提供，这个问题没有计入次数。请发送「模型」另选一个（点这里{tap:模型}），再问一次。{code}',

  pageNotOpen: '网页还没有开通，暂时不用登录。想问什么，直接在这里发给我就好。',
  loginCode: '登录验证码：{digits}（{minutes} 分钟内有效）。请只在 {page} 输入，不要告诉任何人。',
  loginDevice: '只能用在 {device} 上 {time} 打开的登录页；不是你打开的，就不要理会。',
  unknownDevice: '一个浏览器',
  loginExpired:
    '这个登录二维码已经过期了。请刷新网页，再扫一次；或者发送「登录」（点这里{tap:登录}），把验证码填到网页里。',
  loginMarkOver:
    '网页上的「登录 {mark}」已经过期了。请刷新网页，发送新的；或者只发送「登录」（点这里{tap:登录}）。',

  loggedIn: '你的账号刚在网页登录：{devices}。不是你本人，就发送「退出登录」（点这里{tap:退出登录}）。',
  loggedOut: '已经退出网页上的全部 {sessions} 处登录，没用过的验证码也作废了。要再用网页，发送「登录」。',
  nowhereLoggedIn: '现在没有登录中的网页，没用过的验证码也作废了。要用网页，发送「登录」。',

  forgetAsk:
    '确定要删除你的数据吗？对话和绑定的 KEY 会被删除，剩余的次数会作废，都不能恢复。确定的话，请在 10 分钟内回复「确认删除」；改变主意了，发别的任何话都会取消。',
  forgotten: '已经删除：你的对话、绑定的 KEY 和剩余的次数都不在了。以后想聊，随时发文字给我。',
  forgetNothing: '这里没有你的数据，不需要删除。想问什么，直接发给我就好。',
  forgetTooLate: '没有等待确认的删除，什么都没有动。还想删除的话，请再发送一次「删除我的数据」。',

  forgetKept:
    '没有删除，你的数据都还在。只有回复「确认删除」才会删除；还想删除的话，请再发送一次「删除我的数据」。',
  dataKept: '（没有删除，你的数据都还在。）',

  aiLabel: '（内容由 AI 生成）',
  systemPrompt: '你是微信公众号里的 AI 助手。用提问者的语言回答，准确、简洁，适合在手机上阅读。',
}
