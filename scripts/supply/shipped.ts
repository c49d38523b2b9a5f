import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Shipped = {
  /** In the lock file: `node_modules/a/node_modules/b`. */
  place: string
  name: string
  version: string
  licence: string | undefined
  entry: Entry
}

type Entry = {
  version?: string
  license?: string
  dev?: boolean
  dependencies?: { [name: string]: string }
  optionalDependencies?: { [name: string]: string }
  peerDependencies?: { [name: string]: string }
  peerDependenciesMeta?: { [name: string]: { optional?: boolean } }
}
export type Lock = { packages: { [place: string]: Entry } }

/** What the page is built of. npm counts it as development, for the server needs none of it; browsers are sent it. */
export const PAGE = ['vue', 'vue-router', 'vant', 'dompurify']

const MODULES = 'node_modules/'
const nameOf = (place: string): string => place.slice(place.lastIndexOf(MODULES) + MODULES.length)

/** Where Node would find `name` from a package at `place`: beside it, or further up. */
const placeOf = (packages: Lock['packages'], place: string, name: string): string | undefined => {
  const inside = `${place === '' ? '' : `${place}/`}${MODULES}${name}`
  if (packages[inside]) return inside
  if (place === '') return undefined
  return placeOf(packages, place.slice(0, Math.max(0, place.lastIndexOf(`/${MODULES}`))), name)
}

/** A platform's binary that the registry at hand knew too little of is under the licence of the package it belongs to. */
const licenceOf = (packages: Lock['packages'], place: string): string | undefined => {
  const name = nameOf(place)
  const owner = Object.values(packages).find(
    ({ optionalDependencies = {} }) => optionalDependencies[name] === packages[place]?.version,
  )
  return packages[place]?.license ?? owner?.license
}

/** Every package whose code leaves this repository: those of the server, and those the page is built of. By name. */
export const shippedOf = ({ packages }: Lock): Shipped[] => {
  const places = new Set(Object.keys(packages).filter((place) => place !== '' && !packages[place]?.dev))
  const follow = (place: string | undefined): void => {
    if (place === undefined || places.has(place)) return
    places.add(place)
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = packages[place] ?? {}
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
    for (const name of [...Object.keys(dependencies), ...peers]) follow(placeOf(packages, place, name))
  }
  for (const name of PAGE) follow(placeOf(packages, '', name))
  return [...places].toSorted().map((place) => ({
    place,
    name: nameOf(place),
    version: packages[place]?.version ?? '',
    licence: licenceOf(packages, place),
    entry: packages[place] ?? {},
  }))
}

export const readLock = (): Lock =>
  JSON.parse(readFileSync(fileURLToPath(new URL('../../package-lock.json', import.meta.url)), 'utf8'))
