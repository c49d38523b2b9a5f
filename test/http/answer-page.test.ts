import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ANSWERED_AT, openAnswerSite } from '../support/answer-site.ts'

const DAY_MS = 86_400_000

let site: Awaited<ReturnType<typeof openAnswerSite>>
beforeAll(async () => {
  site = await openAnswerSite()
})
afterAll(() => site.close())

describe('the answer page', () => {
  test('shows question, answer, AI mark, time and how long the link works', async () => {
    const page = await site.pageOf('**快速排序**是一种分治算法。', '什么是<快速排序>？')
    expect(page).toContain('<html lang="zh-CN">')
    expect(page).toContain('<title>什么是&lt;快速排序&gt;？</title>')
    expect(page).toMatch(/<section class="question"[^>]*>什么是&lt;快速排序&gt;？<\/section>/)
    expect(page).toContain('<strong>快速排序</strong>是一种分治算法。')
    expect(page).toContain('AI 生成')
    expect(page).toContain('回答于 2026年11月23日 20:15')
    expect(page).toContain('链接有效期至 2026年11月30日')
  })

  test.each([
    ['cut-off', '中断了'],
    ['too-long', '回复「继续」'],
    ['stopped', '已停止'],
  ] as const)(
    'of an answer that ended %s says so below it, and below a block left open',
    async (ending, words) => {
      const page = await (await site.get(site.put('看：\n```js\nconst a = 1', undefined, ending))).text()
      const [article, below] = page.split('</article>')
      expect(below).toContain(words)
      expect(article).not.toContain(words)
      expect(await site.pageOf('完整')).not.toContain('class="ending"')
    },
  )

  test('names the ICP number at its foot, also where nothing is found, and none where there is none', async () => {
    expect(await site.pageOf('答')).not.toContain('beian.miit.gov.cn')
    const recorded = await openAnswerSite({ icpNumber: '京ICP备<1>号' })
    const record = '<a href="https://beian.miit.gov.cn/" rel="noopener noreferrer">京ICP备&lt;1&gt;号</a>'
    expect(await recorded.pageOf('答')).toContain(record)
    expect(await (await recorded.get('/a/nothing')).text()).toContain(record)
    await recorded.close()
  })

  test('speaks English and leaves the mark out when it is switched off', async () => {
    const english = await openAnswerSite({ locale: 'en', aiLabel: false })
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
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
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
    const page = await site.pageOf('x', question)
    const title = /<title>(.*)<\/title>/.exec(page)?.[1] ?? ''
    expect(title).toBe(`${'👨‍👩‍👧'.repeat(5)}…`)
    expect(page).toContain('<details><summary>')
    expect(page).toContain(`</summary>${question}</details>`)
    expect(await site.pageOf('x', ' ')).toContain('<title>完整回答</title>')
  })
})

describe('an answer that many look at', () => {
  test('is made once, in a thread of its own: meanwhile others are answered, and its page comes at once the next time', async () => {
    const dear = `\`\`\`csharp\n${'return a;\n'.repeat(790)}\`\`\`\n\n`.repeat(5)
    const path = site.put(dear)
    const msOf = async (work: Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await work
      return performance.now() - started
    }
    let longest = 0
    let last = performance.now()
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    const first = await msOf(Promise.all([site.get(path), site.get(path)]))
    clearInterval(beat)
    const again = Math.min(await msOf(site.get(path)), await msOf(site.get(path)))
    expect(longest).toBeLessThan(Math.max(100, first))
    expect(again).toBeLessThan(Math.max(50, first / 2))
    const [one, two] = [await (await site.get(path)).text(), await (await site.get(path)).text()]
    expect(one).toBe(two)
    expect(one).toContain('hljs-keyword')
  })

  test('is refused for a while to an address that opens it over and over, and to no other', async () => {
    const other = await openAnswerSite()
    const path = other.put('你好')
    const from = (address: string) => other.get(path, { headers: { 'x-forwarded-for': address } })
    const answers = await Promise.all(Array.from({ length: 130 }, (_, i) => from(`2001:db8:1:2::${i + 1}`)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBe(10)
    const res = refused[0]
    expect(Number(res?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(res?.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await res?.text()).toContain('打开得太频繁了')
    expect((await from('2001:db8:1:3::1')).status).toBe(200)
    await other.close()
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
    const html = await site.articleOf(
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
    const html = await site.articleOf('**注意：**请看**“这”**。2*3*4 与 __init__，`a**：**b` 5~10 ~~旧~~')
    expect(html).toBe(
      '<p><strong>注意：</strong>请看<strong>“这”</strong>。2*3*4 与 __init__，<code>a**：**b</code> 5~10 <s>旧</s></p>\n',
    )
  })

  test('colours code of known languages and escapes all of it', async () => {
    const python = await site.articleOf('```python\ndef f(): return "<b>" # $x$\n```')
    expect(python).toContain('<figcaption>python</figcaption>')
    expect(python).toContain('<span class="hljs-keyword">def</span>')
    expect(python).toContain('&lt;b&gt;')
    expect(python).toContain('# $x$')
    const unknown = await site.articleOf('```klingon\n<b>qapla</b>\n```')
    expect(unknown).toContain('&lt;b&gt;qapla&lt;/b&gt;')
    expect(unknown).not.toContain('hljs')
    const long = await site.articleOf(`\`\`\`js\n${'const a = 1\n'.repeat(2000)}\`\`\``)
    expect(long).not.toContain('hljs')
  })

  test('sets formulas however they are delimited, and leaves prices alone', async () => {
    for (const tex of ['$x^2$', '\\(x^2\\)']) {
      const html = await site.articleOf(`当 ${tex}，则`)
      expect(html).toContain('<msup><mi>x</mi><mn>2</mn></msup>')
      expect(html).not.toContain('display="block"')
      expect(html).toContain('，</span>则')
    }
    for (const tex of ['$$\nx^2\n$$', '\\[\nx^2\n\\]', '行内 $$x^2$$ 也是']) {
      expect(await site.articleOf(tex)).toContain('display="block"')
    }
    expect(await site.articleOf('价格从 $5 到 $10')).toBe('<p>价格从 $5 到 $10</p>\n')
    expect(await site.articleOf('`$x$`')).toBe('<p><code>$x$</code></p>\n')
    expect(await site.articleOf('$x\\in\\mathbb{R}$')).toContain('ℝ')
  })

  test('numbers footnotes, and keeps each where it was written', async () => {
    expect(await site.articleOf('水[^1]，见[^注]。\n\n[^1]: 在**标准**气压下\n[^注]: 另一条')).toBe(
      '<p>水[1]，见[注]。</p>\n<p>[1] 在<strong>标准</strong>气压下</p>\n<p>[注] 另一条</p>\n',
    )
    expect(await site.articleOf('`[^1]` [^a](https://a.b)')).toContain(
      '<code>[^1]</code> <a href="https://a.b"',
    )
    expect(await site.articleOf('[^<b>x</b>]: <i>')).not.toMatch(/<[bi]>/)
  })

  test('shows a formula that is no TeX as text', async () => {
    const html = await site.articleOf('$\\frac{a}{b$ 和 $\\unknown{<b>}$')
    expect(html).not.toContain('<math')
    expect(html).not.toContain('<b>')
    expect(html).toContain('unknown')
  })

  test('links to the web and to mailboxes, quietly, and to nothing else', async () => {
    const rel = 'rel="noopener noreferrer nofollow"'
    expect(await site.articleOf('[甲](https://a.example/x?a=1&b=2 "t") [乙](mailto:a@b.example)')).toBe(
      `<p><a href="https://a.example/x?a=1&amp;b=2" ${rel}>甲</a> <a href="mailto:a@b.example" ${rel}>乙</a></p>\n`,
    )
    expect(
      await site.articleOf('看https://a.example即可，或 https://b.example/c。index.ts //c.example'),
    ).toBe(
      `<p>看<a href="https://a.example" ${rel}>https://a.example</a>即可，或 <a href="https://b.example/c" ${rel}>https://b.example/c</a>。index.ts //c.example</p>\n`,
    )
    expect(
      await site.articleOf('[甲](/admin) [乙](#top) [丙](weixin://dl) f[0](x) [1]\n\n[1]: https://a.example'),
    ).toBe(`<p>甲 乙 丙 f[0](x) <a href="https://a.example" ${rel}>[1]</a></p>\n`)
  })

  test('shows pictures as links, so that none is loaded', async () => {
    const html = await site.articleOf(
      '![图 *一*](https://i.example/a.png) ![](data:image/png;base64,AA==) [![徽章](https://i.example/b.svg)](https://c.example)',
    )
    expect(html).not.toMatch(/<img|data:/)
    expect(html).toContain(
      '<a href="https://i.example/a.png" rel="noopener noreferrer nofollow">图片：图 一</a> 图片 ',
    )
    expect(html).toContain('<a href="https://c.example" rel="noopener noreferrer nofollow">图片：徽章</a>')
  })
})
