/**
 * A short text without what makes no difference to a command: case, width, quotation marks, a slash before it and signs
 * behind it, as speech recognition puts there, and spaces beside Chinese characters. Of signs alone the signs.
 */
export const bareText = (text: string): string => {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .trim()
  const bare = plain
    .replace(/[「」『』《》〈〉【】[\]()"“”'‘’`*]/g, '')
    .replace(/^[\s/#\\、,，.。·…:\p{Extended_Pictographic}-]+/u, '')
    .replace(/[\s\p{P}\p{S}]+$/u, '')
    .replace(/(?<=\p{Script=Han})\s+|\s+(?=\p{Script=Han})/gu, '')
    .replace(/\s+/g, ' ')
  return bare === '' ? plain : bare
}

const HAN_BEFORE = [
  ...[
    '请你帮我',
    '请帮我',
    '请给我',
    '请你',
    '请',
    '麻烦你',
    '麻烦',
    '劳烦',
    '帮忙',
    '帮我',
    '给我',
    '替我',
    '为我',
  ],
  ...[
    '我想要',
    '我想',
    '我要',
    '我需要',
    '需要',
    '想要',
    '想',
    '要',
    '来',
    '快点',
    '快',
    '现在',
    '先',
    '那就',
    '那',
  ],
  ...[
    '嗯',
    '好的',
    '好',
    'ok',
    '发送',
    '回复',
    '输入',
    '发',
    '点击',
    '点',
    '使用',
    '去',
    '打开',
    '进入',
    '开始',
  ],
  ...['查看一下', '查看', '查询', '查一下', '查', '看一下', '看看', '看', '显示', '我的'],
]
const HAN_BEHIND = [
  ...[
    '一下子',
    '一下',
    '谢谢你',
    '谢谢',
    '谢了',
    '多谢',
    '感谢',
    '好吗',
    '好不好',
    '可以吗',
    '行吗',
    '行不行',
  ],
  ...[
    '吧',
    '呀',
    '啊',
    '哦',
    '噢',
    '喔',
    '哈',
    '呢',
    '嘛',
    '啦',
    '了',
    '呗',
    '哟',
    '咯',
    '下',
    '命令',
    '查询',
  ],
]
const LATIN_BEFORE = [
  'please ',
  'pls ',
  'can you ',
  'could you ',
  'i want to ',
  'i want ',
  'show me ',
  'show ',
  'my ',
  'send ',
  'check ',
  'check my ',
  'whats my ',
  'ok ',
  'okay ',
  'lets ',
  'get ',
]

const LATIN_BEHIND = [' please', ' pls', ' now', ' thanks', ' thank you']

/** What asks for something and says nothing of it: a phrase with 「我想」 before it is a sentence. */
const COURTEOUS: Around = {
  before: [
    ...['请你帮我', '请帮我', '请给我', '请你', '请', '麻烦你', '麻烦', '帮忙', '帮我', '给我', '快'],
    ...['嗯', '好的', '好', 'ok', '那就', '看看', '看一下', '查一下', '查看', '查询'],
    ...['please ', 'pls ', 'can you ', 'could you ', 'ok ', 'okay ', 'show me ', 'show '],
  ],
  behind: [
    ...['一下', '谢谢你', '谢谢', '谢了', '多谢', '好吗', '可以吗', '行吗'],
    ...['吧', '呀', '啊', '哦', '噢', '喔', '哈', '嘛', '啦', '呗', '咯', '查询'],
    ...LATIN_BEHIND,
  ],
}
const ANY: Around = {
  before: [...HAN_BEFORE, ...LATIN_BEFORE],
  behind: [...HAN_BEHIND, ...LATIN_BEHIND],
}

type Around = { before: readonly string[]; behind: readonly string[] }

/** Of a short text there are not many; the bound is for what is made to have many. */
const MAX_FORMS = 60

/** The text, and what is left of it without the polite words before and behind it, any number of them. */
export const formsOf = (bare: string): readonly string[] => without(bare, ANY)

/** The same, but without courtesy alone. */
export const courteousFormsOf = (bare: string): readonly string[] => without(bare, COURTEOUS)

const without = (bare: string, { before, behind }: Around): readonly string[] => {
  const forms = new Set([bare])
  for (const form of forms) {
    if (forms.size > MAX_FORMS) break
    for (const word of before) if (form.startsWith(word)) add(forms, form.slice(word.length))
    for (const word of behind) if (form.endsWith(word)) add(forms, form.slice(0, -word.length))
  }
  return [...forms]
}

const add = (forms: Set<string>, form: string): void => {
  const trimmed = form.replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, '')
  if (trimmed !== '') forms.add(trimmed)
}
