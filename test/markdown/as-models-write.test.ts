import { describe, expect, test } from '@jest/globals'
import { toPlainText } from '../../src/conversation/plain-text.ts'
import { both, html } from '../support/both-renderings.ts'

const tex = String.raw

describe('stars that multiply stay, those that stress go', () => {
  both([
    [
      '面积=底*高*系数，总额=单价*数量*税率。',
      '面积=底*高*系数，总额=单价*数量*税率。',
      ['底*高*系数'],
      /<em>/,
    ],
    ['共 人数*天数*8 小时', '共 人数*天数*8 小时', ['人数*天数*8'], /<em>/],
    ['单价*（1-折扣）*数量', '单价*（1-折扣）*数量', [], /<em>/],
    ['长*宽，高*深*2，a*b*c', '长*宽，高*深*2，a*b*c', [], /<em>/],
    ['价格*仅供参考，数量*有限', '价格*仅供参考，数量*有限', [], /<em>/],
    ['他*真的*来了，这是*重*点', '他真的来了，这是重点', ['<em>真的</em>', '<em>重</em>']],
    ['src/*.ts 与 lib/*.ts，count(*) + sum(*)', 'src/*.ts 与 lib/*.ts，count(*) + sum(*)', [], /<em>/],
    ['^.*foo.*$ 匹配，**/*.md', '^.*foo.*$ 匹配，**/*.md', [], /<em>|<strong>/],
    ['*This is so.* Then', 'This is so. Then', ['<em>This is so.</em>']],
  ])
})

describe('a pipe in code splits no cell', () => {
  both([
    [
      '| 符号 | 名 | 级 |\n| --- | --- | --- |\n| `|` | 或 | 1 |\n| `a || b` | 逻辑 | 2 |\n| `p \\| q` | 管 | 3 |',
      '符号：|\n名：或\n级：1\n\n符号：a || b\n名：逻辑\n级：2\n\n符号：p | q\n名：管\n级：3',
      ['<code>|</code>', '<code>a || b</code>', '<code>p | q</code>', '<td class="short">3</td>'],
    ],
    ['| 式 | 值 |\n|---|---|\n| $|x|$ | 1 |', '式 | 值\n|x| | 1', ['<math']],
    ['| a | b |\n|---|---|\n| 1 | 2 | 多的 |', 'a: 1\nb: 2\n多的', ['多的']],
  ])
})

describe('environments without dollars are formulas', () => {
  both([
    [tex`\\begin{align} a &= b \\\\ c &= d \\end{align}`, 'a = b\nc = d', ['<math'], /\\/],
    [
      tex`\begin{alignat}{2} a &= b \end{alignat}、\begin{rcases} a \\ b \end{rcases}`,
      'a = b、a; b }',
      ['<math'],
      /\\/,
    ],
    [
      tex`得：
\begin{align*}
x &= 1 \\
y &= 2
\end{align*}
完`,
      '得：\nx = 1\ny = 2\n完',
      ['<math', 'display="block"'],
      /\\|\{align/,
    ],
    [
      tex`f(x) = \begin{cases} 1 & x>0 \\ 0 & x<0 \end{cases}`,
      'f(x) = { 1, x>0; 0, x<0',
      ['<math'],
      /\\begin/,
    ],
    [
      tex`矩阵 \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} 可逆`,
      '矩阵 [1, 2; 3, 4] 可逆',
      ['<math'],
      /\\begin/,
    ],
    [tex`\begin{gather} a=b \\ c=d \end{gather}`, 'a=b\nc=d', ['<math'], /\\begin/],
    [
      tex`\begin{equation}
E = mc^2
\end{equation}`,
      'E = mc²',
      ['<math'],
      /\\begin/,
    ],
    [tex`\begin{array}{cc} a & b \\ c & d \end{array}`, 'a, b; c, d', ['<math'], /\\begin/],
    [tex`\begin{multline} a + b \\ = c \end{multline}`, 'a + b\n= c', ['<math'], /\\begin/],
    [tex`\begin{eqnarray} a &=& b \\ c &=& d \end{eqnarray}`, 'a = b\nc = d', ['<math'], /\\begin/],
    [tex`\begin{itemize} \item 甲 \end{itemize}`, tex`\begin{itemize} \item 甲 \end{itemize}`, ['\\begin']],
    ['```tex\n\\begin{align}x\\end{align}\n```', '\\begin{align}x\\end{align}', ['\\begin{align}'], /<math/],
  ])
})

describe('dollars with spaces are formulas, prices are prices', () => {
  both([
    [tex`$ E = mc^2 $ 与 $ 100 元`, 'E = mc² 与 $ 100 元', ['<math', '$ 100 元']],
    [
      tex`当 $ y^2 = 4x $ 时，角 $ \beta $ 为 $ \beta_1 * \gamma_2 $，售价 $8。`,
      '当 y² = 4x 时，角 β 为 β₁ * γ₂，售价 $8。',
      ['<math', '$8。'],
    ],
    [
      tex`从 $15 到 $25。若 $ k \ge 2 $，则 $ n + 1 $ 与 $ k $ 都行`,
      '从 $15 到 $25。若 k ≥ 2，则 n + 1 与 k 都行',
      ['从 $15 到 $25'],
    ],
    ['从 $ 20 涨到 $ 30，约 $ 5 - $ 6', '从 $ 20 涨到 $ 30，约 $ 5 - $ 6', [], /<math/],
    ['共$30，取$n$个', '共$30，取n个', ['共$30，取<span class="katex"><math']],
    ['echo $HOME and $PATH', 'echo $HOME and $PATH', [], /<math/],
  ])
})

describe('display formulas may hold blank lines', () => {
  both([
    [
      tex`有
$$

y = \sqrt{x}

$$
完`,
      '有\ny = √x\n完',
      ['display="block"'],
      /\$/,
    ],
    [
      tex`故

\[

a + b = c

\]

毕。`,
      '故\n\na + b = c\n\n毕。',
      ['display="block"'],
      /\\/,
    ],
    ['花了 $$\n\n三天\n\n又花了 $$', '花了 $$\n\n三天\n\n又花了 $$', [], /<math/],
  ])
})

describe('brackets that lost their backslash hold TeX, others hold words', () => {
  both([
    [
      tex`令 (Y) 的方差为 ( \sigma^2 )，于是

[
\frac{a}{b} \leq \sqrt{c}
]

对 ( x \in \mathbb{N} )。`,
      '令 (Y) 的方差为 σ²，于是\n\na/b ≤ √c\n\n对 x ∈ ℕ。',
      ['(Y)', '<math', 'display="block"'],
      /\\/,
    ],
    [tex`[ x^2 + y^2 = \pi ]`, 'x² + y² = π', ['display="block"']],
    [tex`均值(\mu)已知`, '均值(μ)已知', ['<math']],
    ['数组 a[1]、f( x ) 与 ( 见下 )', '数组 a[1]、f( x ) 与 ( 见下 )', [], /<math/],
    ['[\n1,\n2\n]', '[\n1,\n2\n]', [], /<math/],
    [tex`正则 [\d]+ 与 (\w+)`, tex`正则 [\d]+ 与 (\w+)`, [], /<math/],
  ])
})

describe('doubled backslashes are read as one', () => {
  both([
    [tex`设 \\( x^2 \\) 与 \\( \\beta - \\gamma \\)`, '设 x² 与 β - γ', ['<math'], /\\/],
    [
      tex`得

\\[ y = \\frac{1}{\\sqrt{2}} \\]`,
      '得\n\ny = 1/(√2)',
      ['display="block"'],
      /\\/,
    ],
    [tex`$\\alpha + \\beta$`, 'α + β', ['<math'], /\\/],
    [tex`$$\begin{matrix} a \\ b \end{matrix}$$`, 'a; b', ['<mtable']],
  ])
})

describe('fences', () => {
  const inner = '# 工具\n\n用法：\n\n```sh\nmake\n```\n\n## 作者\n\n某人'
  both([
    [
      `如下：\n\n\`\`\`markdown\n${inner}\n\`\`\`\n\n请**存好**。`,
      `如下：\n\n${inner}\n\n请存好。`,
      ['```sh\nmake\n```', '<strong>存好</strong>'],
    ],
    [
      `如下：\n\`\`\`md\n标题\n\n\`\`\`\nx\n\`\`\`\n\n尾\n\`\`\`\n完`,
      '如下：\n\n标题\n\n```\nx\n```\n\n尾\n\n完',
      ['<p>完</p>'],
    ],
    ['```js\na\n```\n中\n```py\nb\n```', 'a\n\n中\n\nb', ['<p>中</p>']],
    [
      '```markdown\n# 日报\n\n- **完成**：测试\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n```',
      '【日报】\n\n• 完成：测试\n\n甲 | 乙\n1 | 2',
      ['<h2>日报</h2>', '<table>'],
      /```|<pre/,
    ],
    ['``` Markdown\n**好**\n\n```py\nx\n```\n```\n', '好\n\nx', ['<strong>好</strong>', '<pre'], /```/],
    ['看：\n\n```py\nprint(1)', '看：\n\nprint(1)', ['<pre']],
  ])
})

describe('tables are repaired', () => {
  both([
    [
      '|甲|乙|\n\n|---|---|\n\n|1|2|\n\n|3|4|\n\n完了。',
      '甲 | 乙\n1 | 2\n3 | 4\n\n完了。',
      ['<table>', '<p>完了。</p>'],
    ],
    [
      '| a | b |\n|---|---|\n| 1 | 2 |\n这是一句话。',
      'a | b\n1 | 2\n\n这是一句话。',
      ['<p>这是一句话。</p>'],
    ],
    ['| 名 | 价 | 注 |\n|---|\n| 甲 | 1 | 有 |', '名：甲\n价：1\n注：有', ['<th>注</th>'], /---/],
    ['| 名 | 价 |\n| : | -: |\n| 甲 | 1 |', '名 | 价\n甲 | 1', ['<th class="right">价</th>'], /<td>-/],
    ['| 名 | 价 |\n| 甲 | 1 |', '名 | 价\n甲 | 1', ['<table>']],
    ['｜ 名 ｜ 价 ｜\n｜ — ｜ — ｜\n｜ 甲 ｜ 1 ｜', '名 | 价\n甲 | 1', ['<table>'], /｜|—/],
    ['|---|---|\n| 甲 | 1 |', '甲 | 1', ['<table>'], /---/],
    ['| 甲 | 乙 |\n|---|---|\n| - | 1 |', '甲 | 乙\n- | 1', ['<td class="short">-</td>']],
    ['- 项\n\n  | 甲 | 乙 |\n  |---|\n  | 1 | 2 |', '• 项\n\n  甲 | 乙\n  1 | 2', ['<table>']],
    ['设 |x| < 1，\n|y| > 2', '设 |x| < 1，\n|y| > 2', [], /<table>/],
    ['| 一行 | 而已 |', '| 一行 | 而已 |', [], /<table>/],
  ])
})

describe('marks beside Chinese are marks', () => {
  both([
    ['*提示：*先看说明。', '提示：先看说明。', ['<em>提示：</em>先']],
    ['她答*“不行”*便走', '她答“不行”便走', ['<em>“不行”</em>便']],
    ['~~（旧价 9 元）~~今 8 元', '~~（旧价 9 元）~~今 8 元', ['<s>（旧价 9 元）</s>今']],
    ['__警告：__别动；_注：_如下', '警告：别动；注：如下', ['<strong>警告：</strong>别', '<em>注：</em>如']],
    ['==要点：==如下，==甲==', '要点：如下，甲', ['<mark>要点：</mark>如', '<mark>甲</mark>']],
    ['***都：***看', '都：看', ['都：</'], /\*/],
    [
      '用户_名称_字段，a_b_c，a == b == c，x==1 && y==2',
      '用户_名称_字段，a_b_c，a == b == c，x==1 && y==2',
      [],
      /<em>|<mark>/,
    ],
    ['＊＊全角＊＊也是', '全角也是', ['<strong>全角</strong>']],
  ])
})

describe('bold with spaces within is bold where it was meant', () => {
  both([
    [
      '看__ 这里 __再说，*** 都 ***看',
      '看这里再说，都看',
      ['<strong>这里</strong>再', '<strong>都</strong>'],
      /[*_]/,
    ],
    [
      '请__务必__备份，__init__ 与 a__b__c',
      '请务必备份，__init__ 与 a__b__c',
      ['<strong>务必</strong>', '__init__ 与 a__b__c'],
    ],
    [
      '请** 务必 **备份，** 切记**：别** 关闭 **电源。',
      '请务必备份，切记：别关闭电源。',
      ['<strong>务必</strong>备份', '<strong>切记</strong>：别<strong>关闭</strong>电源'],
      /\*/,
    ],
    ['~~ 旧的 ~~新的', '~~旧的~~新的', ['<s>旧的</s>新的']],
    ['it is ** very important ** here', 'it is very important here', ['<strong>very important</strong>']],
    ['2 ** 3 ** 4 与 f(**a, **b)', '2 ** 3 ** 4 与 f(**a, **b)', [], /<strong>/],
  ])
})

describe('an address ends where Chinese begins', () => {
  test.each([
    ['见https://example.org/doc/x查看，', 'https://example.org/doc/x'],
    ['（https://example.org/a）', 'https://example.org/a'],
    ['《https://example.org/a_b?c=1》好', 'https://example.org/a_b?c=1'],
    ['到http://example.org看', 'http://example.org'],
    ['见https://example.org/a。然后', 'https://example.org/a'],
    ['見https://example.org/aです', 'https://example.org/a'],
    ['**https://example.org/a**', 'https://example.org/a'],
  ])('%j', (markdown, address) => {
    expect(html(markdown)).toContain(`<a href="${address}" rel="noopener noreferrer nofollow">${address}</a>`)
    expect(toPlainText(markdown)).toBe(markdown.replaceAll('**', ''))
  })
})

describe('a paragraph above a row of dashes is no heading', () => {
  both([
    ['天气不错\n---\n下雨', '天气不错\n\n──────\n\n下雨', ['<p>天气不错</p>\n<hr>\n<p>下雨</p>'], /<h\d/],
    ['甲，\n乙。\n------\n丙', '甲，\n乙。\n\n──────\n\n丙', ['<hr>'], /<h\d/],
    ['甲\n===\n乙', '甲\n\n──────\n\n乙', ['<hr>'], /<h\d/],
  ])
})

describe('markers without their space', () => {
  both([
    ['###三、收尾###\n文', '【三、收尾】\n\n文', ['<h4>三、收尾</h4>']],
    ['-[文](https://a.example)：乙', '• 文 (https://a.example)：乙', ['<li><a href="https://a.example"']],
    [
      '#概要\n##二、方法\n-第一\n-第二\n1.甲\n2.乙',
      '【概要】\n\n【二、方法】\n\n• 第一\n• 第二\n\n1. 甲\n2. 乙',
      ['<h2>概要</h2>', '<h3>二、方法</h3>', '<li>第一</li>', '<ol>'],
    ],
    [
      '-**要点**：甲\n-`b`：乙\n1)甲\n2)乙',
      '• 要点：甲\n• b：乙\n\n1) 甲\n2) 乙',
      ['<li><strong>要点</strong>'],
    ],
    ['1.Apple\n2.Banana', '1. Apple\n2. Banana', ['<li>Apple</li>']],
    ['＃＃ 全角\n正文', '【全角】\n\n正文', ['<h3>全角</h3>']],
    ['#标签 #另一个', '#标签 #另一个', [], /<h\d/],
    ['#话题#很热\n好', '#话题#很热\n好', [], /<h\d/],
    ['#include <stdio.h>\n#1 与 #fff', '#include <stdio.h>\n#1 与 #fff', [], /<h\d/],
    ['-5°C\n-abc 参数\n1.5 倍\n2.0版', '-5°C\n-abc 参数\n1.5 倍\n2.0版', [], /<[uo]l>/],
    ['*注意*：看', '注意：看', ['<em>注意</em>'], /<ul>/],
  ])
})

describe('small HTML', () => {
  both([
    ['题<br>\n文', '题\n文', ['题<br>\n文']],
    ['<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>', '• 甲\n\n• 乙', ['<ul>', '<p>甲</p>'], /&lt;/],
    ['<blockquote>引</blockquote>', '> 引', ['<blockquote>'], /&lt;/],
    [
      '看<img src="https://a.example/c.png" alt="图"/>好',
      '看[图片：图] https://a.example/c.png好',
      ['>图片：图</a>'],
      /<img/,
    ],
    ['<sub>注：小字</sub>与 v<sub>max</sub>', '注：小字与 v_max', ['<sub>max</sub>']],
    [
      'CO<sub>2</sub> 占 3 m<sup>3</sup>，<u>划线</u>、<mark>荧光</mark>、<kbd>Alt</kbd>',
      'CO₂ 占 3 m³，划线、荧光、Alt',
      ['CO<sub>2</sub>', 'm<sup>3</sup>', '<mark>荧光</mark>'],
      /&lt;/,
    ],
    [
      '<b>粗</b>、<i>斜</i>、<font color="red">红</font>、<span style="x:y">字</span>、<del>旧</del>',
      '粗、斜、红、字、~~旧~~',
      ['<strong>粗</strong>', '<em>斜</em>', '<s>旧</s>'],
      /&lt;|style/,
    ],
    [
      '<details open>\n<summary>更多</summary>\n\n- 甲\n\n</details>',
      '更多\n\n• 甲',
      ['<p>更多</p>', '<li>甲</li>'],
      /&lt;/,
    ],
    ['<details><summary>更多</summary>内容</details>', '更多\n\n内容', [], /&lt;/],
    ['<p align="center">居中</p><p>另段</p>', '居中\n\n另段', ['<p>居中</p>', '<p>另段</p>'], /&lt;/],
    ['<div>\n\n**甲**\n\n</div>\n\n<center>中</center>', '甲\n\n中', ['<strong>甲</strong>'], /&lt;/],
    ['<h2>标题</h2>\n正文', '【标题】\n\n正文', ['<h3>标题</h3>'], /&lt;/],
    [
      '| 甲 | 乙 |\n|---|---|\n| 一<br/>二<br>三 | <b>四</b> |',
      '甲 | 乙\n一 二 三 | 四',
      ['一<br>\n二<br>\n三', '<strong>四</strong>'],
      /&lt;/,
    ],
    [
      '<a href="https://example.org/x">文</a>',
      '文 (https://example.org/x)',
      ['<a href="https://example.org/x"'],
    ],
    ['上\n\n<hr/>\n\n下', '上\n\n──────\n\n下', ['<hr>']],
    [
      'List<String>、<T>、if a<b and c>d、a <b> c',
      'List<String>、<T>、if a<b and c>d、a <b> c',
      ['&lt;b&gt;'],
    ],
    [
      '`<b>x</b>` 与\n```html\n<p>y</p>\n```',
      '<b>x</b> 与\n\n<p>y</p>',
      ['<code>&lt;b&gt;x&lt;/b&gt;</code>'],
    ],
  ])
})

describe('chemistry', () => {
  both([
    [
      tex`燃烧 $\ce{CH4 + 2O2 -> CO2 + 2H2O}$`,
      '燃烧 CH₄ + 2O₂ → CO₂ + 2H₂O',
      ['<math', '→'],
      /\\ce\{[^<]*<\/p>/,
    ],
    [tex`$$\ce{[Fe(CN)6]^3- + Ce^3+}$$`, '[Fe(CN)₆]³⁻ + Ce³⁺', ['display="block"']],
    [tex`浓度 $\pu{2.5 mol L-1}$，能量 $\pu{1e5 kJ//mol}$`, '浓度 2.5 mol L⁻¹，能量 1×10⁵ kJ/mol', ['<math']],
    [tex`\ce{SO4^2-} 与 \ce{CuSO4*5H2O}`, 'SO₄²⁻ 与 CuSO₄·5H₂O', ['<math']],
    [
      tex`$\ce{N2 + 3H2 <=>[\text{高温}] 2NH3}$ $\ce{CaCO3 v}$ $\ce{CO2 ^}$`,
      'N₂ + 3H₂ ⇌(高温) 2NH₃ CaCO₃↓ CO₂↑',
      ['<math'],
    ],
  ])
})

describe('a path keeps its backslashes', () => {
  both([
    [
      tex`C:\Program Files (x86)\_x\*.txt，D:\工作\_项目\#1`,
      tex`C:\Program Files (x86)\_x\*.txt，D:\工作\_项目\#1`,
      [tex`(x86)\_x\*.txt`, tex`\_项目\#1`],
    ],
    [tex`%APPDATA%\_a\*.json 与 ..\_b\*.c 与 "C:\\_d"`, tex`%APPDATA%\_a\*.json 与 ..\_b\*.c 与 "C:\\_d"`],
    [
      tex`在 C:\Windows\_tmp\*.log 里，D:\a\#new。`,
      tex`在 C:\Windows\_tmp\*.log 里，D:\a\#new。`,
      [tex`C:\Windows\_tmp\*.log 里`, tex`D:\a\#new。`],
    ],
    [
      tex`\\server\share\_x 与 **E:\my_dir\_y**`,
      tex`\\server\share\_x 与 E:\my_dir\_y`,
      [tex`\\server\share\_x`, tex`<strong>E:\my_dir\_y</strong>`],
    ],
    [tex`匹配 \d+\.\d+ 与 ^\w+@\w+\.com$`, tex`匹配 \d+\.\d+ 与 ^\w+@\w+\.com$`, [tex`\d+\.\d+`]],
    [tex`snake\_case\_name 与 2\*3`, 'snake_case_name 与 2*3', ['snake_case_name']],
  ])
})

describe('controls of writing direction are left out', () => {
  both([
    [
      '文件 发票\u202egnp.exe\u202c，\u2066abc\u2069，\u200fx\u200e\u061c',
      '文件 发票gnp.exe，abc，x',
      ['文件 发票gnp.exe，abc，x'],
    ],
    ['`a\u202eb`\n```\nc\u2067d\n```', 'ab\n\ncd', ['<code>ab</code>', 'cd']],
    ['שלום، مرحبا', 'שלום، مرحبا', ['שלום']],
  ])
})

describe('what no parser has a place for stays', () => {
  both([
    ['名 | 值\n--- | ---\n甲 | 1 | 多的', '名：甲\n值：1\n多的', ['多的']],
    ['|甲 乙\n---\n丙|丁', '|甲 乙\n\n──────\n\n丙|丁', ['丁']],
    ['```这是说明\nx\n```\n后', '这是说明\nx\n\n后', ['这是说明', '<p>后</p>']],
    ['````甲`，`', '````甲，', ['甲<code>，</code>']],
    ['[\n甲\n]: 乙', '[\n甲\n]: 乙', ['甲', '乙']],
  ])
})
