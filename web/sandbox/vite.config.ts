import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The sandbox page, apart from the page that users see. The server's policy allows no inline script or style. */
export default defineConfig({
  root: here,
  base: '/sandbox/',
  publicDir: false,
  plugins: [vue()],
  build: {
    outDir: fileURLToPath(new URL('../dist-sandbox', import.meta.url)),
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
})
