import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { COMPOSE_NAMES } from '../../src/base/settings/compose.ts'
import { SETTINGS } from '../../src/base/settings.ts'
import { type ComposeService, composeFiles, ROOT } from '../support/compose-files.ts'

const files = composeFiles()
const [, main, mainText] = files.find(([path]) => path === 'docker-compose.yml') ?? []
if (!main || !mainText) throw new Error('there is no docker-compose.yml')
const services = Object.entries(main.services)

/** Of the compose specification, for the formats of which ajv knows nothing. */
const schema = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/compose-spec/compose-spec.json'), 'utf8'))
const validate = new Ajv({ strict: false, validateFormats: false }).compile({ ...schema, $schema: undefined })

/** In MB. With `profile`: what runs with it, else what runs without any. */
const memoryOf = (...profiles: string[]): number =>
  services
    .filter(([, { profiles: of = [] }]) => of.length === 0 || of.some((each) => profiles.includes(each)))
    .reduce((sum, [, { mem_limit = '' }]) => sum + Number(/^(\d+)m$/.exec(mem_limit)?.[1]), 0)

const networksOf = ({ networks = ['default'] }: ComposeService): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks)

describe.each(files)('%s', (_path, file, text) => {
  test('is what the compose specification says', () => {
    validate(file)
    expect(validate.errors).toBeNull()
  })

  test('takes from .env what .env.example names', () => {
    const names = [...text.matchAll(/(?<!\$)\$\{?([A-Z_]+)/g)].map(([, name = '']) => name)
    expect(names.filter((name) => !(name in COMPOSE_NAMES) && !(name in SETTINGS))).toEqual([])
  })

  test('names a version of every image', () => {
    for (const { image = '' } of Object.values(file.services))
      expect(image.replace(/\$\{\w+:\?.*\}$/, 'VERSION')).toMatch(/[^/]:(?!latest$)[^/]+$/)
  })

  test.each(Object.entries(file.services))(
    'lets %s write nowhere, gain nothing and fill nothing',
    (_name, service) => {
      expect(service).toMatchObject({
        ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
        ...{ mem_limit: expect.stringMatching(/^\d+m$/), stop_grace_period: expect.stringMatching(/^\d+s$/) },
        logging: {
          driver: 'json-file',
          options: { 'max-size': expect.anything(), 'max-file': expect.anything() },
        },
      })
      expect(service.privileged ?? false).toBe(false)
      expect(service.cap_add ?? []).not.toContain('SYS_ADMIN')
      for (const volume of service.volumes ?? []) {
        expect(volume).not.toContain('docker.sock')
        // What is the operator's, a container only reads.
        if (volume.startsWith('.')) expect(volume).toMatch(/:ro$/)
      }
    },
  )

  test('holds no secret, and hands none over where others see it', () => {
    for (const { environment = {} } of Object.values(file.services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|_KEY|_URL/.test(name))
          expect([name, value]).toEqual([name, expect.stringMatching(/^\/run\/secrets\//)])
  })
})

describe('docker-compose.yml', () => {
  test('keeps the token of the tunnel from the service, though it stands in the same .env', () => {
    for (const name of ['app', 'next', 'worker'])
      expect(main.services[name]?.environment).toMatchObject({ TUNNEL_TOKEN: '' })
  })

  test('says what comes first where nothing was asked yet', () => {
    expect(main.services.app?.image).toMatch(/\$\{YINGDA_VERSION:\?.*sh scripts\/init\.sh/)
  })

  test('opens to the world the front alone, and to the machine Grafana', () => {
    const published = services.flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port.replace(/\$\{(\w+):-\d+\}/, '$1')}`),
    )
    expect(published).toEqual([
      'front HTTP_PORT:80',
      'front HTTPS_PORT:443',
      'grafana 127.0.0.1:GRAFANA_PORT:3000',
    ])
  })

  test('keeps the stores where only the service gets', () => {
    expect(main.networks?.stores?.internal).toBe(true)
    const there = services
      .filter(([, service]) => networksOf(service).includes('stores'))
      .map(([name]) => name)
    expect(there).toEqual(['app', 'next', 'worker', 'mysql', 'redis'])
    for (const name of ['mysql', 'redis']) expect(networksOf(main.services[name] ?? {})).toEqual(['stores'])
  })

  test('fits a server of 2 GB while a new version comes up', () => {
    expect([memoryOf(), memoryOf('full')]).toEqual([544, 1504])
    expect(memoryOf('next')).toBeLessThan(1024)
    expect(memoryOf('full', 'next')).toBeLessThan(2000)
    expect(memoryOf('monitor', 'next')).toBeLessThan(1600)
    // The head of the file says so.
    for (const figure of [memoryOf(), memoryOf('next'), memoryOf('full'), memoryOf('full', 'next')])
      expect(mainText.split('\nname:')[0]).toContain(`${figure} MB`)
  })

  test('runs app, front and nothing else unless a profile asks for it', () => {
    expect(services.filter(([, { profiles }]) => !profiles).map(([name]) => name)).toEqual(['app', 'front'])
    expect(new Set(services.flatMap(([, { profiles = [] }]) => profiles))).toEqual(
      new Set(['next', 'full', 'monitor', 'tunnel']),
    )
  })

  test('starts again what falls over, and knows how each of its services is', () => {
    for (const [name, { restart, healthcheck }] of services) {
      // A new version that falls over is looked at, not tried again.
      expect([name, restart]).toEqual([name, name === 'next' ? 'no' : 'unless-stopped'])
      // The tunnel tells nobody.
      if (name !== 'tunnel') expect([name, healthcheck?.test]).toEqual([name, expect.any(Array)])
    }
  })

  test('has the next version differ from the one in use by its tag and its role alone', () => {
    const { image: _, profiles: __, restart: ____, environment: next, ...rest } = main.services.next ?? {}
    const { image: ___, environment: app, ...same } = main.services.app ?? {}
    expect(same).toMatchObject(rest)
    expect(next).toEqual({ ...app, ROLE: 'all' })
  })

  test('has a file for every secret, made by init.sh', () => {
    const init = readFileSync(join(ROOT, 'scripts/init.sh'), 'utf8')
    for (const [name, { file }] of Object.entries(main.secrets ?? {})) {
      expect(file).toBe(`./secrets/${name}`)
      expect(init).toContain(name)
    }
    const used = new Set(services.flatMap(([, { secrets = [] }]) => secrets))
    expect(used).toEqual(new Set(Object.keys(main.secrets ?? {})))
  })
})
