// Shows the window in an ordinary browser, on data that lives in memory. Never built.
import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const fake = fileURLToPath(new URL('./fake.ts', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [
    {
      name: 'fake-desk',
      enforce: 'pre',
      resolveId: (id, from) =>
        id === './bindings' && from?.endsWith('/lib/ipc.ts') ? fake : undefined,
    },
    svelte(),
  ],
  server: { port: 5173, fs: { allow: ['..'] } },
});
