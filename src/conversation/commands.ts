/**
 * The words of a command. `words` are its names: what people put around a name does not matter. `alone` are other ways to
 * say it, which mean something else in a sentence. `key` is its key in the menu, `link` what a link to it sends.
 */
export type Command = {
  words: readonly string[]
  alone: readonly string[]
  key: string
  link: { han: string; latin: string }
}

/** Lower case, no spaces between Chinese characters: as `bareText` leaves what was said. */
export const COMMANDS = {
  help: {
    words: ['帮助', '幫助', '菜单', '菜單', 'help'],
    alone: [
      ...[
        '?',
        '使用帮助',
        '使用说明',
        '使用方法',
        '用法',
        '怎么用',
        '怎么使用',
        '如何使用',
        '功能',
        '功能列表',
      ],
      ...['有什么功能', '有哪些功能', '你会什么', '你能做什么', '你会做什么', '指令', '命令', '命令列表'],
      ...['menu', 'commands', 'how to use', 'what can you do'],
    ],
    key: 'HELP',
    link: { han: '帮助', latin: 'help' },
  },
  balance: {
    words: ['额度', '額度', '余额', '餘額', '次数', '次數', 'quota', 'balance', 'credits'],
    alone: [
      ...['剩余次数', '剩餘次數', '剩余额度', '剩余', '还剩几次', '还剩多少次', '还剩多少次数', '还剩多少'],
      ...['还有多少次', '还有几次', '还能问几次', '还可以问几次', '我的次数', '我的额度', '我的余额', '用量'],
      ...['剩多少次', 'my quota', 'my balance', 'calls left', 'how many left'],
    ],
    key: 'QUOTA',
    link: { han: '额度', latin: 'quota' },
  },
  redeem: {
    words: ['兑换', '兌換', '兑换码', '兌換碼', '卡密', 'redeem'],
    alone: [
      '兑换卡密',
      '卡密兑换',
      '使用卡密',
      '怎么兑换',
      '如何兑换',
      '激活码',
      '充值码',
      'redeem a card',
      'card key',
    ],
    key: 'REDEEM',
    link: { han: '兑换', latin: 'redeem' },
  },
  bind: {
    words: ['绑定', '綁定', 'bind'],
    alone: [
      ...[
        '绑定key',
        '绑定密钥',
        '绑定api',
        '绑定apikey',
        '绑定api key',
        '绑定我的key',
        '绑定自己的key',
        '用自己的key',
      ],
      ...['怎么绑定', '如何绑定', 'bind key', 'bind a key', 'bind my key'],
    ],
    key: 'BIND',
    link: { han: '绑定', latin: 'bind' },
  },
  unbind: {
    words: ['解绑', '解綁', '解除绑定', '取消绑定', 'unbind'],
    alone: ['解绑key', '删除key', '怎么解绑', '如何解绑', 'unbind key', 'unbind my key'],
    key: 'UNBIND',
    link: { han: '解绑', latin: 'unbind' },
  },
  model: {
    words: ['模型', '换模型', '切换模型', '选择模型', '更换模型', 'model', 'models'],
    alone: [
      ...['换个模型', '换一个模型', '选模型', '模型列表', '有哪些模型', '有什么模型', '所有模型'],
      ...['switch model', 'change model', 'list models', 'choose model'],
    ],
    key: 'MODEL',
    link: { han: '模型', latin: 'model' },
  },
  newConversation: {
    words: [
      '新对话',
      '新對話',
      '新会话',
      '新會話',
      '新的对话',
      '新的会话',
      '新建对话',
      '新建会话',
      '新聊天',
      'new',
    ],
    alone: [
      ...['清空', '清空对话', '清空聊天', '清空聊天记录', '清空记录', '清空记忆', '清空上下文', '清除对话'],
      ...['清除记忆', '清除上下文', '重置', '重置对话', '重新开始', '重开', '新话题', '换个话题', '换话题'],
      ...['开启新对话', '开始新对话', '开新对话', '开个新对话', '换个对话', '重新开始对话'],
      ...[
        'reset',
        'restart',
        'clear',
        'new chat',
        'new conversation',
        'new topic',
        'start over',
        'start afresh',
      ],
    ],
    key: 'NEW',
    link: { han: '新对话', latin: 'new' },
  },
  more: {
    words: ['继续', '繼續', 'more', 'continue'],
    alone: [
      ...['接着说', '接著說', '接着讲', '接着来', '继续说', '继续讲', '继续看', '继续发', '往下说', '往下讲'],
      ...[
        '下一页',
        '下一頁',
        '下页',
        '下一段',
        '下一部分',
        '剩下的',
        '剩下部分',
        '剩余部分',
        '后面的',
        '看后面',
      ],
      ...[
        '更多',
        '查看更多',
        'go on',
        'keep going',
        'next',
        'next page',
        'next part',
        'the rest',
        'show more',
      ],
    ],
    key: 'MORE',
    link: { han: '继续', latin: 'more' },
  },
  stop: {
    words: ['停止', '停', 'stop'],
    alone: [
      '停下',
      '停下来',
      '暂停',
      '终止',
      '中止',
      '打住',
      '别说了',
      '不要说了',
      '停止回答',
      '停止生成',
      'stop it',
    ],
    key: 'STOP',
    link: { han: '停止', latin: 'stop' },
  },
  retry: {
    words: ['重答', '重试', '重試', 'retry'],
    alone: [
      ...['重新回答', '重新答', '再答一次', '再回答一次', '重新生成', '换个回答', '换个答案'],
      ...['regenerate', 'try again', 'answer again'],
    ],
    key: 'RETRY',
    link: { han: '重答', latin: 'retry' },
  },
  login: {
    words: ['登录', '登錄', '登陆', '登陸', '登入', '验证码', '驗證碼', 'login', 'log in'],
    alone: [
      ...[
        '登录码',
        '登陆码',
        '登录验证码',
        '网页版',
        '网页登录',
        '登录网页',
        '登录网站',
        '电脑登录',
        '怎么登录',
      ],
      ...['如何登录', 'sign in', 'signin', 'login code'],
    ],
    key: 'LOGIN',
    link: { han: '登录', latin: 'login' },
  },
  logout: {
    words: ['退出登录', '退出登錄', '退出登陆', '退出登陸', '登出', 'logout', 'log out'],
    alone: ['注销登录', 'sign out', 'signout'],
    key: 'LOGOUT',
    link: { han: '退出登录', latin: 'logout' },
  },
  forget: {
    words: ['删除我的数据', '刪除我的資料', '刪除我的數據', '删除我的资料', 'forget me'],
    alone: [
      ...[
        '删除数据',
        '清除我的数据',
        '清空我的数据',
        '删除我的账号',
        '删除账号',
        '注销账号',
        '注销账户',
        '注销',
      ],
      ...['delete my data', 'erase my data', 'delete my account'],
    ],
    key: 'FORGET',
    link: { han: '删除我的数据', latin: 'forget me' },
  },
} as const satisfies { [name: string]: Command }
