import { parse } from 'yaml'
import { z } from 'zod'

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

const serviceShape = z.object({
  image: z.string(),
  profiles: z.array(z.string()).default([]),
  env_file: z.array(z.object({ path: z.string(), required: z.boolean().default(true) })).default([]),
  environment: texts.default({}),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .default('10s'),
})

const fileShape = z.object({
  name: z.string(),
  services: z.record(z.string(), serviceShape),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
})

/** What is read of a compose file. */
export type ComposeFile = z.infer<typeof fileShape>

export const parseComposeFile = (text: string): ComposeFile => fileShape.parse(parse(text, { merge: true }))
