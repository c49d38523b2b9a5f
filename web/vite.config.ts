import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The page. Nothing inline, neither script nor style nor picture: the server's content policy allows none. */
export default defineConfig({
  root: here,
  base: '/',
  plugins: [vue({ features: { optionsAPI: false } })],
  build: {
    outDir: `${here}dist`,
    emptyOutDir: true,
    // What WeChat's own browsers of today can do.
    target: ['es2022', 'chrome100', 'safari15.4'],
    assetsInlineLimit: 0,
    sourcemap: false,
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
