import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import { openLiveFile } from '../../wiring/live-file.ts'
import { createMatcher, type Matcher, type Verdict } from '../../words/matcher.ts'
import { readWordList, type Word } from '../../words/word-list.ts'
import type { CliAction } from '../context.ts'
import { counted, figure, printable } from '../printable.ts'

/** Asks no database. The list is read as the service reads it. */
export const testWords = async (cli: CliAction, text: string): Promise<void> => {
  const list = await readList(cli.config)
  const matcher = createMatcher(list)
  const checked = matcher.check(text)
  const deciding = decidingWords(matcher, text, checked)
  const passedOn = { pass: text, block: null, mask: checked.verdict === 'mask' ? checked.text : null }
  cli.print(
    {
      ...{ verdict: checked.verdict, word: deciding[0]?.text ?? null, line: deciding[0]?.line ?? null },
      ...{
        text: passedOn[checked.verdict],
        words: deciding.map((word) => ({ word: word.text, line: word.line })),
      },
    },
    () => linesOf(checked, deciding, list.length),
  )
}

const readList = async ({ WORDS_FILE, CONFIG_DIR }: Config): Promise<Word[]> => {
  const file = await openLiveFile<Word[]>({
    ...{ named: WORDS_FILE, otherwise: join(CONFIG_DIR, 'words.txt'), read: readWordList, empty: [] },
    ...{ clock: systemClock, log: silentLog },
  })
  await file.stop()
  return file.current()
}

/** What blocks is blocked by one word; of a masked text every word is told once. */
const decidingWords = (matcher: Matcher, text: string, checked: Verdict): Pick<Word, 'text' | 'line'>[] => {
  if (checked.verdict === 'pass') return []
  if (checked.verdict === 'block') return [{ text: checked.word, line: checked.line }]
  return [...new Set(matcher.find(text).map(({ word }) => word))]
}

const linesOf = (checked: Verdict, deciding: Pick<Word, 'text' | 'line'>[], listed: number): string[] => {
  const because = deciding.map(({ text, line }) =>
    say({ zh: `  第 ${line} 行：${printable(text)}`, en: `  line ${line}: ${printable(text)}` }),
  )
  switch (checked.verdict) {
    case 'pass':
      return [
        listed === 0
          ? say({ zh: '放行：没有敏感词表', en: 'pass: there is no list' })
          : say({
              zh: `放行：${figure(listed)} 个词都不在里面`,
              en: `pass: none of ${counted(listed, 'word')} is in it`,
            }),
      ]
    case 'block':
      return [say({ zh: '拦截：不收这段文字', en: 'block: the text is refused' }), ...because]
    case 'mask':
      return [`${say({ zh: '打码：', en: 'mask: ' })}${printable(checked.text)}`, ...because]
  }
}
