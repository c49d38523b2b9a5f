import { describe, expect, test } from '@jest/globals'
import { toPlainText } from '../../src/conversation/plain-text.ts'
import { both, html } from '../support/both-renderings.ts'

const tex = String.raw

describe('stars that hide something hide it, and stress nothing', () => {
  both([
    ['138****1234 与 139****5678', '138****1234 与 139****5678', [], /<strong>|<em>/],
    ['密码是 ****，卡号 6222 **** **** 1234', '密码是 ****，卡号 6222 **** **** 1234', [], /<strong>|<em>/],
    ['a***@qq.com 与 ***@163.com', 'a***@qq.com 与 ***@163.com', [], /<strong>|<em>/],
    ['f**k 和 s**t，**重点**', 'f**k 和 s**t，重点', ['<strong>重点</strong>']],
    ['张**，李**和王*', '张**，李**和王*', [], /<strong>|<em>/],
    ['**138****1234**是号码', '138****1234是号码', ['<strong>138****1234</strong>']],
    ['**方案 A**or **方案 B**', '方案 Aor 方案 B', ['<strong>方案 A</strong>', '<strong>方案 B</strong>']],
    ['**甲**/**乙** 与 src/**/*.ts', '甲/乙 与 src/**/*.ts', ['<strong>甲</strong>/<strong>乙</strong>']],
    ['A**重点**B，2**3**4', 'A重点B，2**3**4', ['A<strong>重点</strong>B']],
    [`char *s = "*"; t = '**'`, `char *s = "*"; t = '**'`, [], /<em>|<strong>/],
    ['*甲*/*乙* 与 src/*.ts', '甲/乙 与 src/*.ts', ['<em>甲</em>/<em>乙</em>']],
    [
      '__bold__ ___both___ __init__ a.__b__',
      'bold both __init__ a.__b__',
      ['<strong>bold</strong>', '<strong>both</strong>'],
    ],
    ['**甲****乙**', '甲乙', ['<strong>甲乙</strong>']],
    [
      '(*斜*) 与（**粗**）与 (**b**)',
      '(斜) 与（粗）与 (b)',
      ['<em>斜</em>', '<strong>粗</strong>', '<strong>b</strong>'],
    ],
  ])
})

describe('code and patterns in a sentence stay as written', () => {
  both([
    ['$(pwd)/$(date +%s)', '$(pwd)/$(date +%s)', [], /<math/],
    ['^[a-z]*$ 与 \\w+\\s*$ 与 [^a-z]+', '^[a-z]*$ 与 \\w+\\s*$ 与 [^a-z]+', [], /<em>/],
    ['x == y 且 z == w', 'x == y 且 z == w', [], /<mark>/],
    ['如下：```js\na=1\n```\n完', '如下：\n\na=1\n\n完', ['<p>完</p>']],
    ['链<a name="x"></a>接', '链接', ['链接']],
    [
      '| 名 | 址 |\n|---|---|\n| a | [甲|乙](https://a.cn/x|y) |',
      '名 | 址\na | 甲|乙 (https://a.cn/x|y)',
      ['>甲|乙</a></td>'],
    ],
  ])
})

describe('TeX that says more than a sum', () => {
  both([
    ['面积 $`x^2`$ 与 `$x$`', '面积 x² 与 $x$', ['<math', '<code>$x$</code>']],
    [tex`答案：\boxed{\frac{1}{2}}`, '答案：1/2', ['<math'], /\\boxed\{.*\\boxed/],
    [tex`\begin{equation}\label{eq:a} a=b \end{equation}`, 'a=b', ['<math']],
    [tex`$\sum_{\substack{i<n \\ j<m}} a$`, '∑_(i<n,j<m) a', ['<math']],
    [tex`$\operatorname*{argmax}_k L$`, 'argmaxₖ L', ['<math']],
  ])
})

test('a long heading of a table is not said again with each row', () => {
  const answer = `${'好'.repeat(4000)}|-|\n${'|-|\n'.repeat(4000)}`
  expect(toPlainText(answer).length).toBeLessThan(2 * answer.length)
})

test.each(['、', ', ', ' '])('seventy links on one line, with %j between them, are links all', (between) => {
  const links = Array.from({ length: 70 }, (_, nth) => `[某 文${nth}](https://a.cn/${nth})`).join(between)
  expect(toPlainText(links)).not.toContain('](')
  expect(html(links).match(/<a /g)?.length).toBe(70)
})
