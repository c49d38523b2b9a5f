import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { StreamPart } from '../../src/llm/channel.ts'
import { hideReasoning } from '../../src/llm/hide-reasoning.ts'

async function* streamOf(parts: StreamPart[]): AsyncGenerator<StreamPart> {
  yield* parts
}

const texts = (...pieces: string[]): StreamPart[] => pieces.map((text) => ({ type: 'text', text }))

const collect = async (parts: StreamPart[]): Promise<StreamPart[]> => {
  const out: StreamPart[] = []
  for await (const part of hideReasoning(streamOf(parts))) out.push(part)
  return out
}

const said = async (...pieces: string[]): Promise<{ text: string; reasoning: string }> => {
  const out = { text: '', reasoning: '' }
  for (const part of await collect(texts(...pieces))) if (part.type !== 'finish') out[part.type] += part.text
  return out
}

describe('a block at the start', () => {
  test('becomes reasoning, and the white space around it goes', async () => {
    expect(await said('\n<think>\n想一想\n</think>\n\n你好')).toEqual({
      text: '你好',
      reasoning: '\n想一想\n',
    })
  })

  test.each(['think', 'thinking', 'reasoning', 'THINK', 'Thinking'])(
    'is known by the name %s',
    async (name) => {
      expect(await said(`<${name}>a</${name.toLowerCase()}>b`)).toEqual({ text: 'b', reasoning: 'a' })
    },
  )

  test.each([
    '<Thought>想</Thought>答',
    '<reason>想</reason>答',
    '【思考】想【/思考】答',
    '【思考开始】想【思考结束】\n答',
    '［思考过程］想［/思考过程］答',
    '【思考】想【/思考】\n【回答】答【/回答】',
    '＜think＞想＜/think＞答',
    '[THINK]想[/THINK]答',
    '<think time="3">想</think>答',
    '<thoughts>想</thoughts>答',
    '<reflection>想</reflection>答',
    '<analysis>想</analysis>\n答',
    '<scratchpad>想</scratchpad>答',
    '<inner_monologue>想</inner_monologue>答',
    '<inner-monologue>想</inner-monologue>答',
    '<reasoning_engine>想</reasoning_engine>答',
    '<seed:think>想</seed:think>答',
    '<thinking>想</thinking>答',
    '<思考>想</思考>答',
    '<THINKING foo="bar" baz>想</thinking >答',
    '<deep_think>想</deep_think>答',
    '[unused16]想[unused17]答',
    '<|thinking_start|>想<|thinking_end|>答',
    'Here are my reasoning steps:\n想\n[BEGIN FINAL RESPONSE]\n答[END FINAL RESPONSE]\n',
    '<innerMonologue>想</innerMonologue>答',
    '<x:thoughts a="1">想</x:thoughts>答',
    '&lt;think&gt;想 a &lt; b&lt;/think&gt;\n答',
    '<think />\n答',
    '<think/>答',
    '◁think▷想◁/think▷答',
    '<|begin_of_thought|>想<|end_of_thought|><|begin_of_solution|>答<|end_of_solution|>',
    '<|START_THINKING|>想<|END_THINKING|><|START_RESPONSE|>答<|END_RESPONSE|>',
    '<|think|>想<|/think|>答',
    '<|inner_prefix|>想<|inner_suffix|>答',
    '<unused94>thought\n想<unused95>答',
    '<|channel>thought\n想<channel|>答',
    '<think>\n想\n</think>\n<answer>\n答</answer>\n',
    '<details type="reasoning" done="true" duration="3">\n<summary>Thought</summary>\n> 想\n</details>\n答',
    '<details>\n<summary>思考过程（3 秒）</summary>\n想\n</details>\n答',
    '```thinking\n想\n```\n\n答',
    'Here is my thought process:\n想\n\nHere is my response:\n答',
    '<|channel|>analysis<|message|>想<|end|><|start|>assistant<|channel|>final<|message|>答',
    '<|start|>assistant<|channel|>analysis<|message|>想<|end|><|start|>assistant<|channel|>final<|message|>答<|return|>',
    '<|channel|>analysis<|message|>想<|channel|>final<|message|>答<|end|>\n',
    '<|channel|>commentary to=functions.x <|constrain|>json<|message|>{}<|call|><|channel|>final<|message|>答',
    '<|channel|>final<|message|>答',
    'analysis想assistantfinal答',
    'analysisWe think.assistantcommentary moreassistantfinal\n答',
    '<think>一</think>\n\n<reflection>二</reflection>\n[THINK]三[/THINK] 答',
    '\n\n<think>\n\n</think>\n\n答',
  ])('is known by its marks, whole or cut anywhere: %j', async (answer) => {
    expect((await said(answer)).text).toBe('答')
    expect((await said(...answer)).text).toBe('答')
  })

  test('is known when its tags arrive one character at a time', async () => {
    expect(await said(...'<thinking>a < b</thinking> \n答')).toEqual({ text: '答', reasoning: 'a < b' })
  })

  test('may be followed by another', async () => {
    expect(await said('<think>a</think>\n<reasoning>b</reasoning>\nc')).toEqual({
      text: 'c',
      reasoning: 'ab',
    })
  })

  test('ends at its own tag alone', async () => {
    expect(await said('<think>a</thinking>b</think>c')).toEqual({ text: 'c', reasoning: 'a</thinking>b' })
  })

  test('is reasoning to the end when it is never closed', async () => {
    expect(await said('<think>a', 'b</thi')).toEqual({ text: '', reasoning: 'ab</thi' })
  })

  test('may be empty', async () => {
    expect(await collect(texts('<think></think>\n\n好'))).toEqual(texts('好'))
  })
})

describe('text that is the answer', () => {
  test.each([
    '标签 <think> 表示思考，</think> 表示结束。',
    '【思考】题：1+1 等于几？',
    '请用【思考】和【/思考】包住。',
    '`<think>` opens a block, `</think>` closes it.',
    '<thinker>a</thinker>',
    '<b>x</b> <think>y</think>',
    '思考内容放在 `<thought>` 和 `</thought>` 之间，答案写在后面。',
    '```xml\n<order><reason>缺货</reason></order>\n```\n好了。',
    '用 [THINK] 开头的提示词没有特别作用。',
    '[THINK] 开头的提示词没有特别作用。',
    '<reason>缺货</reason>',
    '<analysis>没有结束',
    'analysis of the data shows',
    'analysis：数据',
    'Analysis用户',
    'analysis用户没有后文',
    '[思考] 好',
    '[think tank]',
    '<details>\n<summary>更多</summary>\n内容\n</details>',
    '<details type="note">x</details>',
    '<answer>四十二</answer>',
    '```python\nprint(1)\n```',
    'Here is my thought: good',
    '<|im_start|> 是什么',
    '◁ 左边',
    '<thi nk>',
    '<table><tr><td>1</td></tr></table>',
    '<rethink>x</rethink>',
    '&lt;b&gt; 是粗体',
    '&amp;',
    '<think\nabc<x',
    '<',
    '</',
    '<|',
    '  indented',
    '<thi',
    '   ',
  ])('keeps every character of %j', async (text) => {
    expect((await said(text)).text).toBe(text)
    expect((await said(...text)).text).toBe(text)
  })

  test('keeps tags after a block', async () => {
    expect(await said('<think>a</think>说明：<think>b</think>')).toEqual({
      text: '说明：<think>b</think>',
      reasoning: 'a',
    })
  })

  test('keeps a lone closing tag, because the text before it is shown already', async () => {
    expect(await said('推理过程', '</think>', '答案')).toEqual({
      text: '推理过程</think>答案',
      reasoning: '',
    })
  })

  test('drops a lone closing tag that nothing stands before', async () => {
    expect(await said('\n</thi', 'nk>\n\n答案')).toEqual({ text: '答案', reasoning: '' })
  })
})

describe('the stream', () => {
  test('passes text on as it comes once the answer has begun', async () => {
    expect(await collect(texts('你', '好 <th', 'ink>'))).toEqual(texts('你', '好 <th', 'ink>'))
  })

  test('holds back no more of the reasoning than the beginning of a tag', async () => {
    expect(await collect(texts('<think>一', '二</', 'b 三</think>四'))).toEqual([
      { type: 'reasoning', text: '一' },
      { type: 'reasoning', text: '二' },
      { type: 'reasoning', text: '</b 三' },
      { type: 'text', text: '四' },
    ])
  })

  test('gives what it held back before the finish', async () => {
    const finish: StreamPart = { type: 'finish', reason: 'stop' }
    expect(await collect([...texts('<thi'), finish])).toEqual([...texts('<thi'), finish])
  })

  test('passes reasoning of its own through', async () => {
    const reasoning: StreamPart = { type: 'reasoning', text: '<think>x' }
    expect(await collect([reasoning, ...texts('</think>\n好')])).toEqual([reasoning, ...texts('好')])
  })

  test('closes its source when the reader stops early', async () => {
    let isClosed = false
    async function* source(): AsyncGenerator<StreamPart> {
      try {
        yield* texts('a', 'b')
      } finally {
        isClosed = true
      }
    }
    for await (const _ of hideReasoning(source())) break
    expect(isClosed).toBe(true)
  })
})

const pieces = fc.constantFrom(
  '<think>',
  '</think>',
  '<Thinking>',
  '</thinking>',
  '<think x="1">',
  '[THINK]',
  '[/THINK]',
  '<|channel|>',
  'analysis',
  'final',
  '<|message|>',
  '<|end|>',
  '<|start|>assistant',
  'assistant',
  '<reason>',
  '</reason>',
  '<answer>',
  '</answer>',
  '◁think▷',
  '◁/think▷',
  '<details type="reasoning">',
  '<details>',
  '<summary>思考</summary>',
  '</details>',
  '```thinking',
  '```',
  '<',
  '/',
  'think',
  '>',
  ' ',
  '\n',
  '好',
  'a',
)

test('any chunking of a text gives the same result', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), fc.array(fc.nat(40)), async (words, cuts) => {
      const text = words.join('')
      const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      const chunks = at.slice(1).map((end, i) => text.slice(at[i], end))
      const whole = await said(text)
      expect(await said(...chunks)).toEqual(whole)
      expect(await said(...text)).toEqual(whole)
    }),
    { numRuns: 1500 },
  )
})

test('an answer that has begun with a word loses nothing, whatever marks follow', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (words) => {
      const text = `好${words.join('')}`
      expect((await said(text)).text).toBe(text)
      expect((await said(...text)).text).toBe(text)
    }),
  )
})
