import { z } from 'zod'
import * as contract from '../contract.ts'
import { PROBLEM_CODES, statusOf } from './problems.ts'
import type { Route } from './route.ts'

type Json = { [key: string]: unknown }

/** Shapes with a name of their own, in the document and in the page's code. */
const NAMED: readonly (readonly [string, z.ZodType])[] = Object.entries<unknown>(contract).flatMap(
  ([name, schema]) =>
    schema instanceof z.ZodType ? [[name.charAt(0).toUpperCase() + name.slice(1), schema] as const] : [],
)

/** What any route may answer besides its own. */
const COMMON = ['too-many-requests', 'internal', 'store-stuck'] as const

/** OpenAPI 3.1 of these routes, from the schemas that check them. https://spec.openapis.org/oas/v3.1.1.html */
export const openApiOf = (routes: readonly Route[], publicUrl: string, version: string): Json => ({
  openapi: '3.1.1',
  info: {
    title: 'Yingda',
    version,
    description: 'The API of the page. Times are milliseconds since the epoch.',
  },
  servers: [{ url: publicUrl }],
  paths: pathsOf(routes),
  components: {
    schemas: Object.fromEntries(NAMED.map(([name, schema]) => [name, jsonSchema(schema)])),
    securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'yingda_session' } },
  },
})

const pathsOf = (routes: readonly Route[]): Json => {
  const paths: { [path: string]: Json } = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  return paths
}

const operationOf = (route: Route): Json => ({
  summary: route.about,
  operationId: `${route.method}${route.path.replace(/[^a-z]+([a-z])/gi, (_, first: string) => first.toUpperCase())}`,
  ...(route.login ? { security: [{ session: [] }] } : {}),
  parameters: parametersOf(route),
  ...(route.body
    ? {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: refTo(route.body, 'input') } },
        },
      }
    : {}),
  responses: { ...answerOf(route), ...problemsOf(route) },
})

const parametersOf = (route: Route): Json[] => [
  ...fieldsOf(route.params, 'path'),
  ...fieldsOf(route.query, 'query'),
  ...Object.entries(route.headers ?? {}).map(([name, schema]) => ({
    ...{ name, in: 'header', required: false, schema: jsonSchema(schema, 'input') },
  })),
]

const fieldsOf = (schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] => {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Json
    required?: string[]
  }
  return Object.entries(properties).map(([name, each]) => ({
    ...{ name, in: where, required: where === 'path' || required.includes(name), schema: each },
  }))
}

const answerOf = ({ answers }: Route): Json => {
  const { status, schema, events, file } = answers
  const description =
    status === 302 ? 'Sends the browser on.' : status === 204 ? 'Done.' : (file ?? 'As asked for.')
  if (events) {
    const told = Object.entries(events).map(([name, each]) => [name, jsonSchema(each)])
    const content = {
      'text/event-stream': { schema: { type: 'string' }, 'x-events': Object.fromEntries(told) },
    }
    return { [status]: { description: 'Server-sent events.', content } }
  }
  const content = schema ? { content: { 'application/json': { schema: refTo(schema) } } } : {}
  return { [status]: { description, ...content } }
}

const problemsOf = (route: Route): Json => {
  const codes = [
    ...(route.problems ?? []),
    ...(route.login ? (['login-required'] as const) : []),
    ...(route.method === 'get' ? [] : (['foreign-origin'] as const)),
    ...(route.needsFreshLogin ? (['fresh-login-needed'] as const) : []),
    ...(route.answers.events ? (['too-many-streams'] as const) : []),
    ...(route.params ? (['not-found'] as const) : []),
    ...(route.query ? (['invalid-input'] as const) : []),
    ...(route.body ? (['malformed-body', 'too-large', 'not-json', 'invalid-input'] as const) : []),
    ...COMMON,
  ]
  const byStatus = new Map<number, string[]>()
  for (const code of PROBLEM_CODES.filter((each) => codes.includes(each)))
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => [
      status,
      {
        description: each.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

/** By its name, when it has one; of a list of such as well. */
const refTo = (schema: z.ZodType, io: 'input' | 'output' = 'output'): Json => {
  const named = NAMED.find(([, each]) => each === schema)
  if (named) return { $ref: `#/components/schemas/${named[0]}` }
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType)
    return { type: 'array', items: refTo(schema.element, io) }
  return jsonSchema(schema, io)
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output' = 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
