import { PHRASES } from './command-phrases.ts'

/**
 * The words of a command. `words` are its names: what people put around a name does not matter. `alone` are other ways to
 * say it, which mean something else in a sentence. `key` is its key in the menu, `link` what a link to it sends.
 */
export type Command = {
  words: readonly string[]
  alone: ReadonlySet<string>
  key: string
  link: { han: string; latin: string }
}

/** Lower case, no spaces between Chinese characters: as `bareText` leaves what was said. */
export const COMMANDS = {
  help: {
    words: ['帮助', '幫助', '菜单', '菜單', 'help'],
    alone: PHRASES.help,
    key: 'HELP',
    link: { han: '帮助', latin: 'help' },
  },
  balance: {
    words: ['额度', '額度', '余额', '餘額', '次数', '次數', 'quota', 'balance', 'credits'],
    alone: PHRASES.balance,
    key: 'QUOTA',
    link: { han: '额度', latin: 'quota' },
  },
  redeem: {
    words: ['兑换', '兌換', '兑换码', '兌換碼', '卡密', 'redeem'],
    alone: PHRASES.redeem,
    key: 'REDEEM',
    link: { han: '兑换', latin: 'redeem' },
  },
  bind: {
    words: ['绑定', '綁定', 'bind'],
    alone: PHRASES.bind,
    key: 'BIND',
    link: { han: '绑定', latin: 'bind' },
  },
  unbind: {
    words: ['解绑', '解綁', '解除绑定', '取消绑定', 'unbind'],
    alone: PHRASES.unbind,
    key: 'UNBIND',
    link: { han: '解绑', latin: 'unbind' },
  },
  model: {
    words: ['模型', '换模型', '切换模型', '选择模型', '更换模型', 'model', 'models'],
    alone: PHRASES.model,
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
    alone: PHRASES.newConversation,
    key: 'NEW',
    link: { han: '新对话', latin: 'new' },
  },
  more: {
    words: ['继续', '繼續', 'more', 'continue'],
    alone: PHRASES.more,
    key: 'MORE',
    link: { han: '继续', latin: 'more' },
  },
  stop: {
    words: ['停止', '停', 'stop'],
    alone: PHRASES.stop,
    key: 'STOP',
    link: { han: '停止', latin: 'stop' },
  },
  retry: {
    words: ['重答', '重试', '重試', 'retry'],
    alone: PHRASES.retry,
    key: 'RETRY',
    link: { han: '重答', latin: 'retry' },
  },
  login: {
    words: ['登录', '登錄', '登陆', '登陸', '登入', '验证码', '驗證碼', 'login', 'log in'],
    alone: PHRASES.login,
    key: 'LOGIN',
    link: { han: '登录', latin: 'login' },
  },
  logout: {
    words: ['退出登录', '退出登錄', '退出登陆', '退出登陸', '登出', 'logout', 'log out'],
    alone: PHRASES.logout,
    key: 'LOGOUT',
    link: { han: '退出登录', latin: 'logout' },
  },
  forget: {
    words: ['删除我的数据', '刪除我的資料', '刪除我的數據', '删除我的资料', 'forget me'],
    alone: PHRASES.forget,
    key: 'FORGET',
    link: { han: '删除我的数据', latin: 'forget me' },
  },
} as const satisfies { [name: string]: Command }
