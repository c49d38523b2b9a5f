import { type Site, site } from '../../contract.ts'
import { openRoute, type Route } from '../route.ts'

/** What the page has to know before anybody is known. */
export const siteRoutes = (about: () => Site): Route[] => [
  openRoute({
    ...{ method: 'get', path: '/api/site', about: 'Language and what is on offer', perMinute: 300 },
    answers: { status: 200, schema: site },
    handle: async () => ({ status: 200, body: about() }),
  }),
]
