import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { withoutStrayReasoning } from '../../src/llm/stray-reasoning.ts'

describe('a thought whose opening mark is missing', () => {
  test.each([
    '用户要一个 `print` 的例子，我给最短的。\n</think>\n\n答',
    '1. 用户问 17 乘 23。\n2. 简短回答。</think>答',
    '简短回答</think>答',
    '简短回答\n【/思考】\n答',
    '用户问天气，`api` 查不到。\n</think>\n\n答',
    'I should be brief. </think> 答',
    '想\n</thinking>\n答',
    '想</thought>\n答',
    '想\n[/THINK]\n答',
    '想◁/think▷答',
    '想\n<|end_of_thought|>\n答',
    '想\n</seed:think>\n答',
    '想\n</inner_thoughts>\n答',
    '想\n[BEGIN FINAL RESPONSE]\n答',
    '想\n&lt;/think&gt;\n答',
    '先看代码：\n```python\nprint(1)\n```\n就这样。</think>\n\n答',
    '想 ``a`b`` 和 `c`\n</think>\n答',
    '半个 ` 反引号\n</think>\n答',
    '没关上的\n```python\nprint(1)\n</think>\n答',
    '用户问 `<think>` 是什么。\n</think>\n答',
    '用户问 `</think>` 是什么。\n</think>\n答',
    '<think>一</think>二</think>\n答',
    '想<|end|><|start|>assistant<|channel|>final<|message|>答',
  ])('is left out: %j', (answer) => {
    expect(withoutStrayReasoning(answer)).toBe('答')
  })

  test('that nothing follows stays, without the mark', () => {
    expect(withoutStrayReasoning('都在想\n</think>\n')).toBe('都在想')
  })

  test('is left out before an answer that says what it speaks as', () => {
    expect(withoutStrayReasoning('简短回答</think>作为助手，答')).toBe('作为助手，答')
  })

  test('leaves of the answer what speaks of the mark', () => {
    expect(withoutStrayReasoning('想\n</think>\n用 `</think>` 结束。')).toBe('用 `</think>` 结束。')
  })
})

describe('an answer that speaks of the marks stays as it is', () => {
  test.each([
    '',
    '没有标记。',
    '思考内容放在 `<thought>` 和 `</thought>` 之间，答案写在后面。',
    '标签 <think> 表示思考，</think> 表示结束。',
    '遇到</think>时停止。',
    '按</think>切分，取后半段。',
    '答案里的</think>是多余的。',
    '结束的标签是 `</think>`。',
    '``</think>`` 也一样。',
    '```xml\n<think>\n</think>\n```',
    '```\n想\n</think>\n答\n```\n说明。',
    '~~~\n</think>\n~~~\n好',
    '用“</think>”结束。',
    '「</think>」是结束标签。',
    'It ends with the </think> tag, always.',
    '看到 </think> 就结束了。',
    '把</think>之前的内容删掉。',
    '<b>x</b> <think>y</think>',
    '说明：<think>b</think>',
    'a < b </b>',
  ])('%j', (answer) => {
    expect(withoutStrayReasoning(answer)).toBe(answer)
  })
})

test('an answer with its marks in code loses nothing', () => {
  const mark = fc.constantFrom(
    '<think>',
    '</think>',
    '</thought>',
    '[/THINK]',
    '◁/think▷',
    '<|end_of_thought|>',
    'x',
  )
  const coded = fc.oneof(
    mark.map((each) => `\`${each}\``),
    mark.map((each) => `\`\` ${each} \`\``),
    mark.map((each) => `\n\`\`\`\n${each}\n\`\`\`\n`),
    fc.constantFrom('好。', ' ', '\n', '\n\n', '- ', '**粗**', '`a`'),
  )
  fc.assert(
    fc.property(fc.array(coded, { maxLength: 12 }), (pieces) => {
      const answer = pieces.join('\u200a')
      expect(withoutStrayReasoning(answer)).toBe(answer)
    }),
    { numRuns: 500 },
  )
})
