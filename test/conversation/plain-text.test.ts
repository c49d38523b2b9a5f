import { describe, expect, test } from '@jest/globals'
import { formulaText } from '../../src/conversation/plain-text/formula.ts'
import { toPlainText } from '../../src/conversation/plain-text.ts'

const tex = String.raw

describe('prose', () => {
  test('loses the markers of bold and italic', () => {
    expect(toPlainText('**粗** *斜* __粗__ _斜_ ***都*** 这是*重*点')).toBe('粗 斜 粗 斜 都 这是重点')
  })

  test('loses the markers of bold beside Chinese punctuation, where CommonMark sees none', () => {
    expect(toPlainText('**注意：**请看**“重点”**内容')).toBe('注意：请看“重点”内容')
    expect(toPlainText('他说：**甲**，又说：**乙。**完')).toBe('他说：甲，又说：乙。完')
  })

  test.each([
    '2*3*4 = 24',
    '2**3**2 = 512',
    'f(x)*g(x)*h(x)',
    'snake_case_name',
    '__init__',
    tex`C:\path\to`,
    '~5~10 分钟',
    '价格从 $5 到 $10，US$5 和 HK$6，$HOME/$USER',
    '1.',
    '1986. 那年夏天',
    '#标签 # 号',
    'a < b && c > d, 1 <2',
    '-5°C',
    '[1] 见 a[0][1] 与 f[0](x)',
    '| a | b |',
    '😀👨‍👩‍👧 ok',
    '\\',
    '>',
    '**',
    '[x]:',
  ])('leaves %j as it is', (text) => {
    expect(toPlainText(text)).toBe(text)
  })

  test('keeps line breaks and at most one blank line', () => {
    expect(toPlainText('一\n二  \n三\\\n四\r\n五\n\n\n\n六\n')).toBe('一\n二\n三\n四\n五\n\n六')
  })

  test('says what is struck out, for the words alone would say the opposite', () => {
    expect(toPlainText('~~原价~~ 现价')).toBe('~~原价~~ 现价')
  })

  test('drops escapes and reads character references', () => {
    expect(toPlainText(tex`\*a\* AT&amp;T \[1\] \(见注\)`)).toBe('*a* AT&T [1] (见注)')
  })
})

describe('blocks', () => {
  test('sets headings apart', () => {
    expect(toPlainText('# 一\n正文\n## 二 **b** ##\n正文\n\n### 三')).toBe(
      '【一】\n\n正文\n\n【二 b】\n\n正文\n\n【三】',
    )
  })

  test('reads words above dashes as words and a rule', () => {
    expect(toPlainText('这是一句话。\n---\n后文')).toBe('这是一句话。\n\n──────\n\n后文')
  })

  test('draws bullets, nested ones indented', () => {
    expect(toPlainText('- a\n  - b\n    * c\n- d')).toBe('• a\n  • b\n    • c\n• d')
  })

  test('keeps a blank line between items that have one', () => {
    expect(toPlainText('- a\n\n- b')).toBe('• a\n\n• b')
  })

  test.each([
    ['3. a\n4. b', '3. a\n4. b'],
    ['1) a\n2) b', '1) a\n2) b'],
    ['3. a\n2. b\n1. c', '3. a\n2. b\n1. c'],
    ['1. a\n1. b\n1. c', '1. a\n2. b\n3. c'],
    ['1. a\n   - b\n2. c', '1. a\n   • b\n2. c'],
  ])('numbers %j', (markdown, text) => {
    expect(toPlainText(markdown)).toBe(text)
  })

  test('draws the boxes of a task list', () => {
    expect(toPlainText('- [ ] 做\n- [x] 完\n\n1. [x] 一')).toBe('☐ 做\n☑ 完\n\n1. ☑ 一')
  })

  test('keeps code as it is, without its fence', () => {
    const code = 'if *a*:\n    $x$ = `b` # [c](d)\n\n\t**e** <br> &lt;'
    expect(toPlainText(`看：\n\`\`\`py\n${code}\n\`\`\`\n好`)).toBe(`看：\n\n${code}\n\n好`)
    expect(toPlainText('用 `**a** $x$ <b>` 与 ``a`b``')).toBe('用 **a** $x$ <b> 与 a`b')
  })

  test('keeps the indentation of code in a list', () => {
    expect(toPlainText('- a\n\n  ```\n  if x:\n    y\n  ```')).toBe('• a\n\nif x:\n  y')
  })

  test('marks quotes on every line', () => {
    expect(toPlainText('> 一\n> 二\n>\n> - 三\n\n四')).toBe('> 一\n> 二\n>\n> • 三\n\n四')
  })

  test('draws a short rule', () => {
    expect(toPlainText('a\n\n***\n\nb')).toBe('a\n\n──────\n\nb')
  })

  test('keeps a small table in rows', () => {
    expect(toPlainText('|名|值|\n|-|-|\n|a|**1**|\n|b||')).toBe('名 | 值\na | 1\nb |')
  })

  test('turns the rows of a wide table into lines of heading and cell', () => {
    expect(toPlainText('|名称|Price|产地|\n|-|-|-|\n|苹果|5|山东|\n|梨||河北|')).toBe(
      '名称：苹果\nPrice: 5\n产地：山东\n\n名称：梨\n产地：河北',
    )
    const long = '很长'.repeat(12)
    expect(toPlainText(`|a|b|\n|-|-|\n|1|${long}|`)).toBe(`a: 1\nb: ${long}`)
  })

  test('shows footnotes by their labels', () => {
    expect(toPlainText('文[^1]。\n\n[^1]: 注 *一*')).toBe('文[1]。\n\n[1] 注 一')
  })
})

describe('links', () => {
  test.each([
    ['[文](https://a.b/c "题")', '文 (https://a.b/c)'],
    ['<https://a.b>', 'https://a.b'],
    ['[https://a.b](https://a.b)', 'https://a.b'],
    ['[a.b](https://a.b/)', 'a.b'],
    ['见https://a.b/路径，谢谢', '见https://a.b/路径，谢谢'],
    ['www.a.com x@a.com', 'www.a.com x@a.com'],
    ['[写信](mailto:x@a.com)', '写信 (mailto:x@a.com)'],
    ['[](https://a.b)', 'https://a.b'],
    ['[x](javascript:alert(1)) [y](weixin://dl/x) [z](#top)', 'x y z'],
    [
      '![图](https://a.b/c.png) ![](https://d.e/f.png)',
      '[图片：图] https://a.b/c.png [图片] https://d.e/f.png',
    ],
    ['![图](data:image/png;base64,AAAA)', '[图片：图]'],
    ['[文][r]\n\n[r]: https://a.b', '文 (https://a.b)'],
    [
      '见[1]、[乙][2]\n\n[1]: https://a.b\n[2]: https://c.d',
      '见[1]、乙 [2]\n\n[1] https://a.b\n\n[2] https://c.d',
    ],
  ])('reads %j', (markdown, text) => {
    expect(toPlainText(markdown)).toBe(text)
  })
})

describe('raw HTML', () => {
  test('is shown, except for small tags that are closed again and <br>, which breaks the line', () => {
    expect(toPlainText('a<br>b<BR/>c <b>d</b> <b>e\n\n<div>\n*x*\n</div>\n\n<video>y</video>')).toBe(
      'a\nb\nc d <b>e\n\nx\n\n<video>y</video>',
    )
  })

  test.each([
    '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">点</a>',
    '`<a href="x">点</a>`',
    '```html\n<a href="x">点</a>\n```',
    '    <A\thref="x">点</A>',
    '<a\nhref="x">点</a>',
    '&lt;a href="x">点',
    '&#60;a href="x">点',
    '<\u0000a href="x">点',
    '<\ufeffa href="x">点',
    '<\ufdd0a href="x">点',
    '\\<a href="x">点',
    '<**a** href="x">点',
    '<$a$ href="x">点',
    '**<**a href="x">点',
    '$<a href="x">$点',
    `${'>'.repeat(500)}<a href="x">点`,
    `<a href="x">点${' '.repeat(300_000)}x`,
  ])('holds no link that WeChat would run: %j', (markdown) => {
    const text = toPlainText(markdown)
    expect(text).not.toMatch(/<[\s/]*a(?![\w-])/i)
    expect(text).toContain('点')
    expect(text).not.toMatch(/weixin:/)
  })

  test('leaves tags that only begin like one', () => {
    expect(toPlainText('`<article>` <abbr>')).toBe('<article> <abbr>')
  })
})

describe('formulas', () => {
  test.each([
    ['质能 $E=mc^2$。', '质能 E=mc²。'],
    [tex`其中 \(x_1\) 与 \[ \frac{a}{b} \]`, '其中 x₁ 与 a/b'],
    ['$$\n- b\n+ c\n$$', '- b + c'],
    [
      tex`得：
\[
\begin{aligned} a &= b \\ &= c \end{aligned}
\]
完`,
      '得：\na = b\n= c\n完',
    ],
    ['共有 $5$ 个', '共有 5 个'],
    ['| $|x|$ | b |\n|-|-|\n| 1 | 2 |', '|x| | b\n1 | 2'],
    ['- 项 $a_i$\n- **式 $x$：**值', '• 项 aᵢ\n• 式 x：值'],
    ['$$ 未完', '$$ 未完'],
    [tex`\[ 未完`, '[ 未完'],
    ['花了$5，又花了$。', '花了$5，又花了$。'],
  ])('reads %j', (markdown, text) => {
    expect(toPlainText(markdown)).toBe(text)
  })

  test.each([
    [tex`\frac{a}{b}`, 'a/b'],
    [tex`\frac12x`, '(1/2)x'],
    [tex`x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}`, 'x = (-b ± √(b²-4ac))/(2a)'],
    [tex`\frac{\partial f}{\partial x}`, '∂f/∂x'],
    [tex`\text{速度} = \frac{\text{距离}}{\text{时间}}`, '速度 = 距离/时间'],
    ['x^{n+1}_i, e^{i\\pi}, x_{max}y, a_{i,j}, 90^\\circ', 'xⁿ⁺¹ᵢ, e^(iπ), x_max y, a_(i,j), 90°'],
    [tex`\sum_{i=1}^{n} i\leq\alpha\times\beta`, '∑ᵢ₌₁ⁿ i ≤ α × β'],
    [tex`\lim_{x \to 0}\sin\theta`, 'lim_(x→0) sin θ'],
    [tex`\sqrt[3]{8}, \sqrt x`, '∛8, √x'],
    [tex`\left( \frac{a+b}{c} \right)^2`, '((a+b)/c)²'],
    [tex`\left.y\right|_{0}`, 'y|₀'],
    [tex`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, '(1, 2; 3, 4)'],
    [tex`\begin{cases} x, & x>0 \\ -x, & x<0 \end{cases}`, '{ x, x>0; -x, x<0'],
    [tex`\mathbb{R}^n, \mathbf{v}, \vec{a}, x\not=y, \{1\}, 5\%`, 'ℝⁿ, v, a⃗, x ≠ y, {1}, 5%'],
    [tex`\ce{2H2 + O2 -> 2H2O}`, '2H₂ + O₂ → 2H₂O'],
    [tex`\foo{\alpha}{b} \bar x \baz`, '\\foo{α}{b} x̄ \\baz'],
    ['{{{', ''],
    ['^_', ''],
  ])('%s is %s', (written, text) => {
    expect(formulaText(written)).toBe(text)
  })
})
