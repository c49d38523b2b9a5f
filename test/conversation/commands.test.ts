import { describe, expect, test } from '@jest/globals'
import { isCommand, isExactly } from '../../src/conversation/command-words.ts'
import { COMMANDS, type Command } from '../../src/conversation/commands.ts'
import { nearCommand } from '../../src/conversation/near-command.ts'

const said = (text: string) => ({ kind: 'text', text }) as const
const commandIn = (text: string): string[] =>
  Object.entries(COMMANDS).flatMap(([name, command]: [string, Command]) =>
    isCommand(said(text), command) ? [name] : [],
  )

/** Around the name of any command. */
const DRESSES = [
  (word: string) => `${word}。`,
  (word: string) => `${word}！`,
  (word: string) => `${word}.`,
  (word: string) => `${word}~`,
  (word: string) => `${word}？？`,
  (word: string) => `${word}……`,
  (word: string) => `「${word}」`,
  (word: string) => `“${word}”。`,
  (word: string) => `【${word}】`,
  (word: string) => `/${word}`,
  (word: string) => `#${word}`,
  (word: string) => ` ${word} \n`,
  (word: string) => word.toUpperCase(),
  (word: string) => word.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
]
const HAN_DRESSES = [
  (word: string) => `${word}吧`,
  (word: string) => `${word}一下`,
  (word: string) => `请${word}`,
  (word: string) => `请帮我${word}一下吧，谢谢！`,
  (word: string) => `我要${word}`,
  (word: string) => `麻烦${word}一下`,
  (word: string) => `好的，${word}`,
  (word: string) => `发送「${word}」`,
  (word: string) => word.split('').join(' '),
]
const LATIN_DRESSES = [(word: string) => `Please ${word}!`]

describe.each(Object.entries(COMMANDS))('%s', (name, { words, alone }: Command) => {
  test('is said by each of its names, whatever people put around it', () => {
    for (const word of words) {
      const dresses = /[a-z]/.test(word) ? LATIN_DRESSES : HAN_DRESSES
      for (const text of [word, ...[...DRESSES, ...dresses].map((dress) => dress(word))])
        expect([text, commandIn(text)]).toEqual([text, [name]])
    }
  })

  test('is said in other ways, with signs around them', () => {
    for (const word of alone.filter((each) => each !== '?'))
      for (const text of [word, `${word}。`, `「${word}」`, `/${word}`])
        expect([text, commandIn(text)]).toEqual([text, [name]])
  })
})

test.each([
  ['继续。', 'more'],
  ['继续！', 'more'],
  ['继续吧', 'more'],
  ['请继续', 'more'],
  ['接着说', 'more'],
  ['「继续」', 'more'],
  ['继 续', 'more'],
  ['continue', 'more'],
  ['go on', 'more'],
  ['停止。', 'stop'],
  ['登录。', 'login'],
  ['新对话。', 'newConversation'],
  ['帮助？', 'help'],
  ['额度！', 'balance'],
  ['more.', 'more'],
  ['下一页', 'more'],
  ['我要登录', 'login'],
  ['登录一下', 'login'],
  ['查额度', 'balance'],
  ['次数', 'balance'],
  ['剩余次数', 'balance'],
  ['兑换码', 'redeem'],
  ['绑定key', 'bind'],
  ['绑定 KEY', 'bind'],
  ['换模型', 'model'],
  ['菜单', 'help'],
  ['功能', 'help'],
  ['怎么用', 'help'],
  ['清空', 'newConversation'],
  ['/help', 'help'],
  ['balance', 'balance'],
  ['？', 'help'],
])('%j is the command %s', (text, name) => {
  expect(commandIn(text)).toEqual([name])
})

const QUESTIONS = [
  '继续说说量子力学',
  '继续刚才的故事',
  '继续教育学分怎么算',
  '请继续讲第二点',
  '登录不上怎么办',
  '登录页面用什么框架写',
  '登录和注册有什么区别',
  '帮助我写一封信',
  '帮助别人的名言',
  '帮我写一首诗',
  '停止焦虑的方法',
  '停止供电怎么投诉',
  '停电了怎么办',
  '额度是什么意思',
  '信用卡额度怎么提高',
  '余额宝安全吗',
  '次数怎么统计',
  '模型是什么',
  '模型训练要多久',
  '大语言模型',
  '换模型训练数据要重来吗',
  '新对话框怎么写',
  '新的一年祝福语',
  'new york 天气',
  "what's new",
  'more about this',
  'stop words in nlp',
  'help me write a letter',
  'login page html',
  'login please',
  'retry with exponential backoff in python',
  'quota sampling',
  'model trains',
  '重答率是什么',
  '重新开始的勇气',
  '我想重新开始',
  '清空数组的方法',
  '清空购物车怎么做',
  '兑换美元',
  '兑换率',
  '绑定手机号',
  '绑定事件和委托的区别',
  '解绑微信会怎样',
  '功能性饮料有害吗',
  '菜单栏不见了',
  '下一页按钮怎么写',
  '下一步做什么',
  '然后呢',
  '还有吗',
  '为什么',
  '详细一点',
  '再说一遍',
  '换一个',
  '更多例子',
  '删除我的数据库',
  '删除数据会恢复吗',
  '注销登录和退出的区别',
  '退出登录的代码',
  '是',
  '好',
  '不',
  '1',
  '一',
  '天气',
  '你好',
]
test.each(QUESTIONS)('%j is no command, and near to none', (text) => {
  expect([commandIn(text), nearCommand(text)]).toEqual([[], undefined])
})

test.each([
  ['确认删除', true],
  ['确认删除。', true],
  ['「确认删除」', true],
  ['Confirm Delete!', true],
  ['是', false],
  ['确认', false],
  ['确认删除吗', false],
  ['确认删除这段代码', false],
  ['不要确认删除', false],
  ['请确认删除', false],
])('%j confirms an erasure: %s', (text, confirms) => {
  expect(isExactly(said(text), ['确认删除', 'confirm delete'])).toBe(confirms)
})

test.each([
  ['qouta', 'quota'],
  ['quotaa', 'quota'],
  ['Logn', 'login'],
  ['hlep', 'help'],
  ['helpp', 'help'],
  ['redem', 'redeem'],
  ['contineu', 'more'],
  ['unbnd', 'unbind'],
  ['额度度', '额度'],
  ['继续续。', '继续'],
  ['新新对话', '新对话'],
  ['新对对话', '新对话'],
  ['对新话', '新对话'],
  ['jixu', 'more'],
  ['继读', '继续'],
  ['登路', '登录'],
  ['删除我数据', '删除我的数据'],
  ['退出登路', '退出登录'],
  ['新大对话', '新对话'],
  ['温度', undefined],
  ['core', undefined],
  ['目录', undefined],
  ['换发型', undefined],
])('%j is near to %s', (text, word) => {
  expect(nearCommand(text)).toBe(word)
})
