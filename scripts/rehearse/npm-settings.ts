import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './shell.ts'

/** How npm reaches its registry on this machine, as one file that a build is handed as a secret: no image keeps it. */
export const writeNpmSettings = async (dir: string): Promise<string> => {
  const get = async (name: string) => {
    const value = await output('npm', ['config', 'get', name])
    return value === 'null' || value === 'undefined' ? '' : value
  }
  const authority = (await get('cafile')) || process.env.NODE_EXTRA_CA_CERTS || ''
  const lines = [
    ...credentials(await get('userconfig')),
    `registry=${await get('registry')}`,
    `https-proxy=${await get('https-proxy')}`,
    ...(authority === '' ? [] : certificatesIn(readFileSync(authority, 'utf8'))),
  ]
  const file = join(dir, 'npmrc')
  writeFileSync(file, `${lines.filter((line) => !line.endsWith('=')).join('\n')}\n`, { mode: 0o600 })
  return file
}

/** What npm keeps for a registry alone, such as who may use it, begins with the registry's address. */
const credentials = (userConfig: string): string[] => {
  try {
    return readFileSync(userConfig, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('//'))
  } catch {
    return []
  }
}

const certificatesIn = (bundle: string): string[] =>
  (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (certificate) => `ca[]=${JSON.stringify(certificate)}`,
  )
