/**
 * What is seen as the same sign, as [the one it counts as, the Cyrillic, the Greek, others], all in lower case. A letter
 * is listed when its capital or its small form is drawn like the Latin one. Those that only resemble it (и, п, ш) are left
 * out: they would tie together ordinary words of two languages.
 */
const SIGNS: [string, cyrillic: string, greek: string, others?: string][] = [
  // Digits and letters that are told apart by no eye. 〇 is the Chinese zero, ○ and ◯ are what is typed for it.
  ['o', '\u043e', '\u03bf', '0〇○◯'],
  ['l', '\u0456\u04cf', '\u03b9', '1i|\u01c0\u2223'],
  // ɑ and ɡ are how textbooks print pinyin.
  ['a', '\u0430', '\u03b1', '\u0251'],
  ['g', '', '', '\u0261'],
  ['b', '\u0432', '\u03b2'],
  ['c', '\u0441', ''],
  ['d', '\u0501', ''],
  ['e', '\u0435', '\u03b5'],
  ['h', '\u043d\u04bb', '\u03b7'],
  ['j', '\u0458', '\u03f3'],
  ['k', '\u043a', '\u03ba'],
  ['m', '\u043c', '\u03bc'],
  ['n', '', '\u03bd'],
  ['p', '\u0440', '\u03c1'],
  ['q', '\u051b', ''],
  ['s', '\u0455', ''],
  ['t', '\u0442', '\u03c4'],
  ['w', '\u051d', ''],
  ['x', '\u0445', '\u03c7'],
  ['y', '\u0443\u04af', '\u03c5'],
  ['z', '', '\u03b6'],
]

/** The 1 of each row of nine digits in black or double circles; those in plain circles are NFKC's business. */
const CIRCLED_ONES = [0x2776, 0x2780, 0x278a, 0x24f5]

const table = new Map<string, string>()
for (const [sign, ...alike] of SIGNS) for (const other of alike.join('')) table.set(other, sign)
for (const one of CIRCLED_ONES)
  for (let digit = 1; digit <= 9; digit += 1)
    table.set(String.fromCodePoint(one + digit - 1), table.get(`${digit}`) ?? `${digit}`)

/** The sign that `character`, in lower case, counts as: itself when nothing is mistaken for it. */
export const seenAs = (character: string): string => table.get(character) ?? character
