import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openAnswerSite } from '../support/answer-site.ts'

let site: Awaited<ReturnType<typeof openAnswerSite>>
beforeAll(async () => {
  site = await openAnswerSite()
})
afterAll(() => site.close())

describe('a hostile answer', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<style>*{display:none}</style><base href="https://evil.example">',
    '</article></main><script>alert(1)</script>',
    '<!--><img src=x onerror=alert(1)>-->',
    '<br onclick=alert(1)><br/ onclick=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](java\nscript:alert(1))',
    '[x](java\u0000script:alert(1))',
    '[x](\u0001javascript:alert(1))',
    '[x](java\ufffcscript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:x) [x](file:///etc/passwd) [x](blob:https://a/b)',
    '<javascript:alert(1)> <data:text/html,x>',
    '[x]: javascript:alert(1)\n\n[x] ![x]',
    '[x](https://a.example/"onmouseover="alert(1))',
    '[x](<https://a.example/" onmouseover="alert(1)>)',
    '[x](https://a.example "t\\" onmouseover=\\"alert(1)")',
    '![x" onerror="alert(1)](https://a.example/x)',
    '![x](https://a.example/x"onerror="alert(1))',
    'https://a.example/"><script>alert(1)</script>',
    'https://a.example/$"><script>$alert(1)',
    '[x](https://a.example/$"onclick="alert(1)$)',
    '`<script>alert(1)</script>` `$<script>$`',
    '```html"onclick="x\n<script>alert(1)</script>\n```',
    '```<script>\nx\n```',
    '```js\n</code></pre><script>alert(1)</script>\n```',
    '    <script>alert(1)</script>',
    '| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |',
    '# <script>alert(1)</script>',
    '&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;',
    '$\\href{javascript:alert(1)}{x}$',
    '$\\url{javascript:alert(1)}$',
    '$\\htmlData{onclick=alert(1)}{x}$',
    '$\\htmlStyle{background:url(https://evil.example)}{x}$ $\\htmlClass{a}{x}$ $\\htmlId{a}{x}$',
    '$\\includegraphics{https://evil.example/x.png}$',
    '$\\text{<img src=x onerror=alert(1)>}$ $<script>alert(1)</script>$',
    '$\\color{red" onclick="alert(1)}x$ $\\textcolor{#f00}{<b>}$',
    '$\\unknown{<script>alert(1)</script>}$',
    '$</annotation></semantics></math><script>alert(1)</script>$',
    '\ufdd00\ufdd1 &#xfdd0;0&#xfdd1; $<script>$',
    '- [x] <script>alert(1)</script>',
  ]

  test.each(attacks.map((attack) => [attack]))('%j is words and nothing more', async (attack) => {
    const page = await site.pageOf(attack, attack)
    const tags = [...page.replace(/<style>[\s\S]*?<\/style>/, '').matchAll(/<\/?([a-z][^\s/>]*)([^>]*)>/gi)]
    expect(tags.length).toBeGreaterThan(10)
    for (const [tag, name = '', attributes = ''] of tags) {
      expect(ALLOWED_TAGS).toContain(name)
      // Every attribute is quoted; what is left besides them is nothing.
      const names = [...attributes.matchAll(/\s+([a-z-]+)="([^"]*)"/g)]
      expect(attributes.replace(/\s+[a-z-]+="[^"]*"/g, '').trim()).toBe('')
      for (const [, attribute = '', value = ''] of names) {
        expect(`${tag}: ${attribute}`).not.toMatch(/: (on\w*|style|src\w*|id|action|background|poster)$/)
        if (attribute === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:)/)
      }
    }
  })

  const KB100 = 100_000
  test.each([
    ['30 000 characters of prose', '快速排序是一种**分治**算法，见 `code`。\n\n'.repeat(1200)],
    ['a huge table', `|${'列|'.repeat(50)}\n|${'-|'.repeat(50)}\n${`|${'值|'.repeat(50)}\n`.repeat(900)}`],
    [
      'a table of few cells and many columns',
      `|${'a|'.repeat(2000)}\n|${'-|'.repeat(2000)}\n${'b\n'.repeat(40_000)}`,
    ],
    ['open brackets', '['.repeat(KB100)],
    ['open pictures', '![a]('.repeat(KB100 / 5)],
    ['open emphasis', '**a *'.repeat(KB100 / 5)],
    ['open ticks', '`a``'.repeat(KB100 / 4)],
    ['quotes in quotes', '>'.repeat(KB100)],
    ['lists in lists', Array.from({ length: 400 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
    ['formulas', '$\\frac{1}{x^2}$ '.repeat(KB100 / 16)],
    ['formulas in formulas', `$${'\\sqrt{'.repeat(150)}x${'}'.repeat(150)}$ `.repeat(90)],
    ['a formula that doubles itself', '$\\def\\a{\\a\\a}\\a$ '.repeat(5000)],
    ['addresses', 'https://a.example/ '.repeat(KB100 / 19)],
    ['code in one word', `\`\`\`java\n${'$'.repeat(KB100)}\n\`\`\``],
    ['code in many blocks', `\`\`\`csharp\n${'a a\n'.repeat(1900)}\n\`\`\`\n\n`.repeat(13)],
    ['references', `${'[a]'.repeat(20_000)}\n\n${'[a]: b\n'.repeat(5000)}`],
  ])('%s: shown without delay', async (_, answer) => {
    await site.articleOf('$x$ warm')
    const started = performance.now()
    const html = await site.articleOf(answer)
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(html.length).toBeGreaterThan(100)
  })

  test('of more than any answer holds is shown as written', async () => {
    const html = await site.articleOf(`**a** <script>\n${'x'.repeat(200_000)}`)
    expect(html).toMatch(/^<div class="plain">\*\*a\*\* &lt;script&gt;\nx+<\/div>$/)
  })
})

const ALLOWED_TAGS = [
  ...[
    'html',
    'head',
    'meta',
    'title',
    'body',
    'main',
    'header',
    'section',
    'article',
    'footer',
    'details',
    'summary',
  ],
  ...[
    'div',
    'span',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'p',
    'a',
    'ul',
    'ol',
    'li',
    'blockquote',
    'hr',
    'br',
    'em',
  ],
  ...[
    'strong',
    's',
    'code',
    'pre',
    'figure',
    'figcaption',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'math',
  ],
  ...[
    'semantics',
    'annotation',
    'mrow',
    'mi',
    'mn',
    'mo',
    'mtext',
    'mspace',
    'mstyle',
    'msup',
    'msub',
    'mfrac',
    'msqrt',
  ],
]
