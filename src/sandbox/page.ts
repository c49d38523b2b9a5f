import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, Router } from 'express'

/** Where the page is built to. */
export const PAGE_DIRECTORY = fileURLToPath(new URL('../../web/dist-sandbox', import.meta.url))

const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>应答 · 沙盒 / Yingda · Sandbox</title>
</head>
<body>
<h1>沙盒页面还没有构建</h1>
<p>请停下服务，运行 <code>npm start</code>：它会先构建页面，再启动服务。</p>
<h1 lang="en">The sandbox page has not been built yet</h1>
<p lang="en">Stop the service and run <code>npm start</code>: it builds the page, then starts the service.</p>
</body>
</html>
`

const guarded: RequestHandler = (_req, res, next) => {
  res.set({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  next()
}

/** The page at the router's root and its assets, whose names carry a hash of what is in them. */
export const sandboxPage = (directory: string): Router => {
  const router = Router()
  const assets = { immutable: true, maxAge: '1y', index: false, redirect: false, fallthrough: false } as const
  router.use('/assets', guarded, express.static(join(directory, 'assets'), assets))
  // Looked for at each call: what is built later is found without a new start.
  router.get('/', guarded, (_req, res) => {
    res.set('cache-control', 'no-cache')
    const built = existsSync(join(directory, 'index.html'))
    if (built) res.sendFile('index.html', { root: directory, cacheControl: false })
    else res.status(503).type('html').send(NOT_BUILT)
  })
  return router
}
