import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const FENCE = /^(`{3,})[\s\S]*?^\1/gm
const CODE = /`[^`\n]*`/g
const LINK = /\]\(\s*([^)\s]+)\s*\)/g

/** What a heading is reached by, as the forges make it: small letters, no signs, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-')

const pages = globSync(['*.md', '{docs,deploy,scripts}/**/*.md']).toSorted()
const textOf = (path: string): string => readFileSync(path, 'utf8').replaceAll(FENCE, '')
const anchorsOf = (path: string): string[] =>
  [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Why a link leads nowhere; links to other sites are not followed. */
const faultOf = (from: string, link: string): string | undefined => {
  if (/^[a-z]+:/.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : join(dirname(from), decodeURIComponent(path))
  if (!existsSync(target)) return `${link}: there is no such file`
  if (anchor !== undefined && !anchorsOf(target).includes(decodeURIComponent(anchor)))
    return `${link}: there is no such heading`
  return undefined
}

describe('links in the documentation', () => {
  test.each(pages)('of %s lead somewhere', (page) => {
    const links = [...textOf(page).replaceAll(CODE, '').matchAll(LINK)].map(([, link = '']) => link)
    expect(links.map((link) => faultOf(page, link)).filter(Boolean)).toEqual([])
  })

  test('are there: every page is linked from another', () => {
    const targets = new Set(
      pages.flatMap((page) =>
        [...textOf(page).matchAll(LINK)].map(([, link = '']) =>
          join(dirname(page), link.split('#')[0] ?? ''),
        ),
      ),
    )
    expect(pages.filter((page) => page !== 'README.md' && !targets.has(page))).toEqual([])
  })
})
