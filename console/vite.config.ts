// Builds the console into `dist/`: one small first load, the map and the charts as chunks of their own.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  // Everything is a file of ours: nothing inlined, so a strict Content-Security-Policy holds.
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500, reportCompressedSize: true, license: { fileName: 'licenses.md' } },
  server: { proxy: { '/api': 'http://127.0.0.1:8099', '/feed': 'http://127.0.0.1:8099' } },
});
