// Builds the page into page/: static files for any web server.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the folder works below any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: '../page',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    // Nothing is inlined: the content policy of the page allows no data: script, and fonts are the system's.
    assetsInlineLimit: 0,
  },
});
