import { createHash } from 'node:crypto'

/** The page's only style. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --sheet: #fff; --ink: #1f2328; --quiet: #656c76; --line: #e3e4e1; --soft: #f3f3f0;
  --bubble: #e9f3ea; --link: #1a66b8; --mark: #2c7a4b;
  --code: #f6f7f8; --c-comment: #66707b; --c-keyword: #b3263a; --c-string: #0b5d33; --c-number: #0550ae;
  --c-title: #6a3fb5; --c-name: #8a4600;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121314; --sheet: #1b1c1e; --ink: #dfe1e4; --quiet: #979da6; --line: #33363a; --soft: #242629;
    --bubble: #20342a; --link: #7cb8f5; --mark: #7ccf9c;
    --code: #141517; --c-comment: #8f98a3; --c-keyword: #ff8a80; --c-string: #8fd6a4; --c-number: #82b9ff;
    --c-title: #cdabff; --c-name: #f0b070;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.75 -apple-system, BlinkMacSystemFont, 'PingFang SC', 'HarmonyOS Sans SC', MiSans,
    'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'Segoe UI', Roboto, sans-serif;
  overflow-wrap: anywhere; text-autospace: normal;
}
main { max-width: 46rem; margin: 0 auto; padding: 1rem 0 3rem; }
.top { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: 0 1.125rem; color: var(--quiet); }
.top h1 { margin: 0; font-size: .9375rem; font-weight: 600; }
.mark { flex: none; padding: 0 .6em; border: 1px solid; border-radius: 1em; color: var(--mark); font-size: .75rem; line-height: 1.7; }
.question {
  width: fit-content; max-width: calc(100% - 4rem); margin: .875rem 1.125rem 1.125rem auto; padding: .625rem .9375rem;
  border-radius: 1.125rem 1.125rem .25rem; background: var(--bubble); white-space: pre-wrap; line-height: 1.6;
}
.question summary { list-style: none; cursor: pointer; }
.question summary::-webkit-details-marker { display: none; }
.question summary span { color: var(--link); white-space: nowrap; }
.question details[open] summary { display: none; }
.sheet { padding: 1.125rem; background: var(--sheet); border-block: 1px solid var(--line); }
article > :first-child { margin-top: 0; }
article > :last-child { margin-bottom: 0; }
p, ul, ol, blockquote, .table, .code, .formula { margin: 0 0 1em; }
h2, h3, h4, h5, h6 { margin: 1.6em 0 .6em; line-height: 1.4; text-wrap: balance; }
h2 { font-size: 1.3125rem; } h3 { font-size: 1.1875rem; } h4, h5, h6 { font-size: 1.0625rem; }
ul, ol { padding-inline-start: 1.5em; }
li { margin: .25em 0; }
li > p, li > ul, li > ol, li > .code, li > .table { margin-block: .4em; }
li li li ul, li li li ol { padding-inline-start: 1em; }
li li li li li ul, li li li li li ol { padding-inline-start: .3em; list-style-position: inside; }
li::marker { color: var(--quiet); }
li.task { list-style: none; margin-inline-start: -1.3em; }
blockquote { margin-inline: 0; padding-inline-start: 1em; border-inline-start: 3px solid var(--line); color: var(--quiet); }
blockquote blockquote blockquote blockquote { padding-inline-start: .2em; border-inline-start-width: 1px; }
blockquote > :last-child { margin-bottom: 0; }
hr { margin: 2em 0; border: 0; border-top: 1px solid var(--line); }
a { color: var(--link); text-decoration-thickness: from-font; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace, sans-serif; font-variant-ligatures: none; }
:not(pre) > code { padding: .1em .35em; border-radius: .3em; background: var(--soft); font-size: .875em; }
.code { border: 1px solid var(--line); border-radius: .5rem; background: var(--code); overflow: hidden; }
.code figcaption { padding: .375rem .875rem 0; color: var(--quiet); font-size: .75rem; line-height: 1.5; }
pre { margin: 0; padding: .75rem .875rem; overflow-x: auto; font-size: .875rem; line-height: 1.6; tab-size: 4; overflow-wrap: normal; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375rem; line-height: 1.6; overflow-wrap: break-word; }
th, td { padding: .4375rem .75rem; border: 1px solid var(--line); text-align: start; vertical-align: top; min-width: 4em; max-width: 22em; }
.short { white-space: nowrap; } .long { min-width: 12em; }
th { background: var(--soft); font-weight: 600; white-space: nowrap; }
.right { text-align: right; } .center { text-align: center; }
.formula { display: block; overflow-x: auto; overflow-y: hidden; padding: .25em 0; }
.wide { display: inline-block; max-width: 100%; overflow-x: auto; overflow-y: hidden; vertical-align: middle; }
.keep { white-space: nowrap; }
math {
  font-size: 1.1em;
  font-family: 'STIX Two Math', 'Cambria Math', 'Latin Modern Math', 'XITS Math', 'STIX Math', 'Noto Sans Math', math, serif;
}
mo[fence]:has(+ mtable), mtable + mo[fence] { font-size: 1.8em; }
mtable[width='100%'] { width: 100%; math-style: normal; }
math annotation { display: none; }
[mathvariant^='bold'] { font-weight: 700; }
[mathvariant='bold'] { text-transform: none; }
[mathvariant^='sans-serif'] { font-family: sans-serif; text-transform: none; }
[mathvariant='monospace'] { font-family: monospace; text-transform: none; }
menclose[notation*='strike'] { background: linear-gradient(to top left, transparent 47%, currentColor 47% 53%, transparent 53%); }
menclose[notation='box'] { display: inline-block math; padding: .2em .3em; border: 1px solid; }
mtable[columnalign^='right left'] > mtr > mtd:nth-child(odd) { text-align: right; text-align: -webkit-right; padding-inline-end: 0; }
mtable[columnalign^='right left'] > mtr > mtd:nth-child(even) { text-align: left; text-align: -webkit-left; padding-inline-start: .2em; }
mtable[columnalign^='left'] > mtr > mtd { text-align: left; text-align: -webkit-left; }
.plain { white-space: pre-wrap; }
.ending { margin: 1rem 0 0; color: var(--quiet); font-size: .875rem; }
.foot { padding: 1rem 1.125rem 0; color: var(--quiet); font-size: .8125rem; line-height: 1.7; }
.foot p { margin: 0; }
.record { margin: -1.5rem 1.125rem 1.5rem; text-align: center; font-size: .8125rem; }
.record a { color: var(--quiet); }
.notice { padding: 20vh 1.75rem 0; text-align: center; }
.notice h1 { margin: 0 0 .75em; font-size: 1.25rem; }
.notice p { margin: 0 0 .25em; color: var(--quiet); text-wrap: balance; }
.notice p.next { color: inherit; }
.hljs-comment, .hljs-quote { color: var(--c-comment); }
.hljs-keyword, .hljs-selector-tag, .hljs-doctag, .hljs-literal, .hljs-template-tag, .hljs-deletion { color: var(--c-keyword); }
.hljs-string, .hljs-regexp, .hljs-addition, .hljs-symbol, .hljs-bullet, .hljs-meta .hljs-string { color: var(--c-string); }
.hljs-number, .hljs-attr, .hljs-attribute, .hljs-variable, .hljs-template-variable, .hljs-property, .hljs-link { color: var(--c-number); }
.hljs-title, .hljs-section, .hljs-name, .hljs-selector-class, .hljs-selector-id { color: var(--c-title); }
.hljs-built_in, .hljs-type, .hljs-meta, .hljs-params .hljs-type, .hljs-selector-attr, .hljs-selector-pseudo { color: var(--c-name); }
.hljs-emphasis { font-style: italic; } .hljs-strong { font-weight: 600; }
@media (min-width: 48rem) {
  main { padding-top: 2.5rem; }
  .sheet { padding: 1.75rem 2rem; border: 1px solid var(--line); border-radius: .875rem; }
  .top, .foot { padding-inline: 2rem; }
  .question { margin-inline-end: 0; }
}
@media print { body { background: none; } .sheet { border: 0; } }
`

/** As a Content-Security-Policy names it. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`
