import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  build: {
    // WebKitGTK 2.44 and newer, WKWebView of macOS 14.5, WebView2: all know light-dark().
    target: ['es2022', 'safari17.4'],
    // One window from a local disk: a second request costs more than the bytes it saves.
    modulePreload: false,
    // The content policy has no data: for fonts and styles.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // The words of a language are wanted together: one request, not one for each file.
        codeSplitting: {
          groups: [
            {
              name: (id) => {
                const language = /\/locales\/([^/]+)\/[^/]+\.ftl/.exec(id)?.[1];
                return language === undefined ? null : `words-${language}`;
              },
            },
          ],
        },
      },
    },
  },
  server: { fs: { allow: ['..'] } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
    // Compiling a component in the first test of a file takes its time on a busy machine.
    testTimeout: 20_000,
  },
});
