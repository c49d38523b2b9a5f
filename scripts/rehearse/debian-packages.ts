import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './shell.ts'

/** Where this machine takes Debian from, by its own settings. */
export const debianMirror = async (): Promise<string> => {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)'
  const targets = await output('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const found = targets.split('\n').map((line) => line.split(' '))
  const mirror = found.find(([origin, component]) => origin === 'Debian' && component === 'main')?.[2]
  if (!mirror) throw new Error('apt knows no Debian mirror: apt-get update')
  return mirror
}

/** Downloads packages of a Debian release into `dir`, beside what this machine has; nothing is installed. */
export const downloadPackages = async (dir: string, release: string, names: string[]): Promise<string[]> => {
  const debs = () => names.map((name) => globSync(join(dir, `${name}_*.deb`))[0])
  const present = debs().filter((file) => file !== undefined)
  if (present.length === names.length) return present
  const apt = join(dir, 'apt')
  for (const folder of ['parts', 'lists/partial', 'cache/archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true })
  writeFileSync(
    join(apt, 'parts/release.sources'),
    `Types: deb\nURIs: ${await debianMirror()}\nSuites: ${release}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
  )
  const options = [
    ['Dir::Etc::SourceList', '/dev/null'],
    ['Dir::Etc::SourceParts', join(apt, 'parts')],
    ['Dir::State::Lists', join(apt, 'lists')],
    ['Dir::Cache', join(apt, 'cache')],
    ['APT::Sandbox::User', 'root'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`])
  await output('apt-get', [...options, '-qq', 'update'])
  await output('apt-get', [...options, '-qq', 'download', ...names], { cwd: dir })
  rmSync(apt, { recursive: true, force: true })
  return debs().filter((file) => file !== undefined)
}

/** Debian's own machines alone: what is downloaded has to fit. */
export const isDebian = (): boolean =>
  existsSync('/etc/debian_version') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
