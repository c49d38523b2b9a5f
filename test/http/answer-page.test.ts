import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { createAnswerLinks } from '../../src/conversation/answer-links.ts'
import type { Locale } from '../../src/conversation/texts.ts'
import { answerPage, type FoundAnswer } from '../../src/http/answer-page.ts'
import { createHttp } from '../../src/http/server.ts'
import { logTo } from '../support/log-to.ts'

const ANSWERED_AT = Date.parse('2026-11-23T20:15:00+08:00')
const DAY_MS = 86_400_000

const open = async (options: { locale?: Locale; aiLabel?: boolean } = {}) => {
  const answers = new Map<string, FoundAnswer | Error>()
  const clock = { at: ANSWERED_AT, now: () => clock.at }
  const ids = createIds(clock.now)
  const { log, lines } = logTo()
  const links = createAnswerLinks({
    secrets: { current: Buffer.alloc(32, 5), previous: undefined },
    publicUrl: '',
    clock,
  })
  const router = answerPage({
    links,
    findAnswer: async (turnId) => {
      const found = answers.get(turnId)
      if (found instanceof Error) throw found
      return found
    },
    locale: options.locale ?? 'zh-CN',
    aiLabel: options.aiLabel ?? true,
    log,
  })
  const server: Server = createServer(createHttp([router], ids, log))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  return {
    base,
    clock,
    lines,
    links,
    /** The path of a page with this answer. */
    put: (answer: string | Error, question = '什么是快速排序？') => {
      const id = ids.next('trn')
      answers.set(id, answer instanceof Error ? answer : { question, answer, answeredAt: ANSWERED_AT })
      return links.urlFor(id)
    },
    forget: () => answers.clear(),
    unknown: () => links.urlFor(ids.next('trn')),
    get: (path: string, init?: RequestInit) => fetch(base + path, init),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

let site: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  site = await open()
})
afterAll(() => site.close())

const pageOf = async (answer: string, question?: string) =>
  (await site.get(site.put(answer, question))).text()
const articleOf = async (answer: string) =>
  /<article[^>]*>\n([\s\S]*)\n<\/article>/.exec(await pageOf(answer))?.[1] ?? ''

describe('the answer page', () => {
  test('shows question, answer, AI mark, time and how long the link works', async () => {
    const page = await pageOf('**快速排序**是一种分治算法。', '什么是<快速排序>？')
    expect(page).toContain('<html lang="zh-CN">')
    expect(page).toContain('<title>什么是&lt;快速排序&gt;？</title>')
    expect(page).toMatch(/<section class="question"[^>]*>什么是&lt;快速排序&gt;？<\/section>/)
    expect(page).toContain('<strong>快速排序</strong>是一种分治算法。')
    expect(page).toContain('AI 生成')
    expect(page).toContain('回答于 2026年11月23日 20:15')
    expect(page).toContain('链接有效期至 2026年11月30日')
  })

  test('speaks English and leaves the mark out when it is switched off', async () => {
    const english = await open({ locale: 'en', aiLabel: false })
    const page = await (await english.get(english.put('Hello *there*'))).text()
    expect(page).toContain('<html lang="en">')
    expect(page).toContain('Full answer')
    expect(page).toContain('until November 30, 2026')
    expect(page).not.toMatch(/AI-generated|AI 生成/)
    await english.close()
  })

  test('lets nothing load, run, frame, cache, index or learn its address', async () => {
    const res = await site.get(site.put('x'))
    const style = /<style>([\s\S]*?)<\/style>/.exec(await res.text())?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(style).toContain('prefers-color-scheme: dark')
    expect(Object.fromEntries(res.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    })
    expect(res.headers.get('x-powered-by')).toBeNull()
    expect(res.headers.get('etag')).toBeNull()
  })

  test('answers HEAD with the headers alone', async () => {
    const path = site.put('你好')
    const [get, head] = [await site.get(path), await site.get(path, { method: 'HEAD' })]
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
    expect(head.headers.get('content-security-policy')).toBe(get.headers.get('content-security-policy'))
    expect(await head.text()).toBe('')
  })

  test('shortens the title and folds up a long question', async () => {
    const question = '👨‍👩‍👧'.repeat(200)
    const page = await pageOf('x', question)
    const title = /<title>(.*)<\/title>/.exec(page)?.[1] ?? ''
    expect(title).toBe(`${'👨‍👩‍👧'.repeat(5)}…`)
    expect(page).toContain('<details><summary>')
    expect(page).toContain(`</summary>${question}</details>`)
    expect(await pageOf('x', ' ')).toContain('<title>完整回答</title>')
  })
})

describe('an address that opens nothing', () => {
  const look = async (path: string) => {
    const res = await site.get(path)
    const headers = Object.fromEntries(res.headers)
    delete headers.date
    return { status: res.status, headers, body: await res.text() }
  }

  test('is the same page for expired, forged, unknown, forgotten and nonsense', async () => {
    const unknown = await look(site.unknown())
    expect(unknown.status).toBe(404)
    expect(unknown.body).toContain('这个页面打不开')
    expect(unknown.body).toContain('请回到公众号')
    expect(unknown.headers['content-security-policy']).toContain("default-src 'none'")
    expect(unknown.headers['cache-control']).toBe('private, no-store')

    const path = site.put('secret')
    site.clock.at += 9 * DAY_MS
    expect(await look(path)).toEqual(unknown)
    site.clock.at = ANSWERED_AT
    expect((await look(path)).status).toBe(200)
    const forged = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A')
    expect(await look(forged)).toEqual(unknown)
    for (const other of ['/a/x', '/a/%E0%A4%A', '/a/%00', `/a/${'A'.repeat(60)}`, `/a/${'x'.repeat(5000)}`]) {
      expect(await look(other)).toEqual(unknown)
    }
    site.forget()
    expect(await look(path)).toEqual(unknown)
  })

  test('leaves other paths and methods to others', async () => {
    const post = await site.get(site.put('x'), { method: 'POST' })
    expect(post.status).toBe(404)
    expect(post.headers.get('content-type')).toContain('application/problem+json')
    expect((await site.get('/b/x')).headers.get('content-type')).toContain('application/problem+json')
  })

  test('says to come back when the database is away, and tells only the log why', async () => {
    const path = site.put(new Error('connection to db-host lost'))
    const res = await site.get(path)
    const body = await res.text()
    expect(res.status).toBe(503)
    expect(body).toContain('暂时打不开')
    expect(body).not.toContain('db-host')
    expect(res.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(JSON.stringify(site.lines)).not.toContain(path.slice('/a/'.length))
    expect(site.lines.at(-1)?.message).toBe('an answer page failed')
  })
})

describe('the answer', () => {
  test('keeps the shape of headings, lists, quotes, tables and lines', async () => {
    const html = await articleOf(
      '# 一\n###### 六\n\n1. a\n   - b\n\n> 引用\n\n第一行\n第二行\n\n| 甲 | 乙 |\n|:--|--:|\n| 1 | 2<br>3 |\n\n- [x] 好\n- [ ] 待办',
    )
    expect(html).toContain('<h2>一</h2>')
    expect(html).toContain('<h6>六</h6>')
    expect(html).toContain('<blockquote>')
    expect(html).toContain('第一行<br>\n第二行')
    expect(html).toContain('<div class="table"')
    expect(html).toContain('<th class="right">乙</th>')
    expect(html).toContain('<td class="right short">2<br>\n3</td>')
    expect(html).toContain('<li class="task">☑ 好</li>')
    expect(html).toContain('<li class="task">☐ 待办</li>')
    expect(html).not.toContain('style=')
  })

  test('reads bold beside Chinese, products and names as their writers meant them', async () => {
    const html = await articleOf('**注意：**请看**“这”**。2*3*4 与 __init__，`a**：**b` 5~10 ~~旧~~')
    expect(html).toBe(
      '<p><strong>注意：</strong>请看<strong>“这”</strong>。2*3*4 与 __init__，<code>a**：**b</code> 5~10 <s>旧</s></p>\n',
    )
  })

  test('colours code of known languages and escapes all of it', async () => {
    const python = await articleOf('```python\ndef f(): return "<b>" # $x$\n```')
    expect(python).toContain('<figcaption>python</figcaption>')
    expect(python).toContain('<span class="hljs-keyword">def</span>')
    expect(python).toContain('&lt;b&gt;')
    expect(python).toContain('# $x$')
    const unknown = await articleOf('```klingon\n<b>qapla</b>\n```')
    expect(unknown).toContain('&lt;b&gt;qapla&lt;/b&gt;')
    expect(unknown).not.toContain('hljs')
    const long = await articleOf(`\`\`\`js\n${'const a = 1\n'.repeat(2000)}\`\`\``)
    expect(long).not.toContain('hljs')
  })

  test('sets formulas however they are delimited, and leaves prices alone', async () => {
    for (const tex of ['$x^2$', '\\(x^2\\)']) {
      const html = await articleOf(`当 ${tex}，则`)
      expect(html).toContain('<msup><mi>x</mi><mn>2</mn></msup>')
      expect(html).not.toContain('display="block"')
      expect(html).toContain('，</span>则')
    }
    for (const tex of ['$$\nx^2\n$$', '\\[\nx^2\n\\]', '行内 $$x^2$$ 也是']) {
      expect(await articleOf(tex)).toContain('display="block"')
    }
    expect(await articleOf('价格从 $5 到 $10')).toBe('<p>价格从 $5 到 $10</p>\n')
    expect(await articleOf('`$x$`')).toBe('<p><code>$x$</code></p>\n')
    expect(await articleOf('$x\\in\\mathbb{R}$')).toContain('ℝ')
  })

  test('numbers footnotes, and keeps each where it was written', async () => {
    expect(await articleOf('水[^1]，见[^注]。\n\n[^1]: 在**标准**气压下\n[^注]: 另一条')).toBe(
      '<p>水[1]，见[注]。</p>\n<p>[1] 在<strong>标准</strong>气压下</p>\n<p>[注] 另一条</p>\n',
    )
    expect(await articleOf('`[^1]` [^a](https://a.b)')).toContain('<code>[^1]</code> <a href="https://a.b"')
    expect(await articleOf('[^<b>x</b>]: <i>')).not.toMatch(/<[bi]>/)
  })

  test('shows a formula that is no TeX as text', async () => {
    const html = await articleOf('$\\frac{a}{b$ 和 $\\unknown{<b>}$')
    expect(html).not.toContain('<math')
    expect(html).not.toContain('<b>')
    expect(html).toContain('unknown')
  })

  test('links to the web and to mailboxes, quietly, and to nothing else', async () => {
    const rel = 'rel="noopener noreferrer nofollow"'
    expect(await articleOf('[甲](https://a.example/x?a=1&b=2 "t") [乙](mailto:a@b.example)')).toBe(
      `<p><a href="https://a.example/x?a=1&amp;b=2" ${rel}>甲</a> <a href="mailto:a@b.example" ${rel}>乙</a></p>\n`,
    )
    expect(await articleOf('看https://a.example即可，或 https://b.example/c。index.ts //c.example')).toBe(
      `<p>看<a href="https://a.example" ${rel}>https://a.example</a>即可，或 <a href="https://b.example/c" ${rel}>https://b.example/c</a>。index.ts //c.example</p>\n`,
    )
    expect(
      await articleOf('[甲](/admin) [乙](#top) [丙](weixin://dl) f[0](x) [1]\n\n[1]: https://a.example'),
    ).toBe(`<p>甲 乙 丙 f[0](x) <a href="https://a.example" ${rel}>[1]</a></p>\n`)
  })

  test('shows pictures as links, so that none is loaded', async () => {
    const html = await articleOf(
      '![图 *一*](https://i.example/a.png) ![](data:image/png;base64,AA==) [![徽章](https://i.example/b.svg)](https://c.example)',
    )
    expect(html).not.toMatch(/<img|data:/)
    expect(html).toContain(
      '<a href="https://i.example/a.png" rel="noopener noreferrer nofollow">图片：图 一</a> 图片 ',
    )
    expect(html).toContain('<a href="https://c.example" rel="noopener noreferrer nofollow">图片：徽章</a>')
  })
})

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
    const page = await pageOf(attack, attack)
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
    await articleOf('$x$ warm')
    const started = performance.now()
    const html = await articleOf(answer)
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(html.length).toBeGreaterThan(100)
  })

  test('of more than any answer holds is shown as written', async () => {
    const html = await articleOf(`**a** <script>\n${'x'.repeat(200_000)}`)
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
