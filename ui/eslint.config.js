import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const ONLY_IPC = {
  patterns: [
    {
      group: ['@tauri-apps/*', '**/bindings', '**/bindings.ts'],
      message: 'Only lib/ipc.ts knows the shell.',
    },
  ],
};

export default ts.config(
  { ignores: ['dist/', 'src/lib/bindings.ts', 'src/lib/fields.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-imports': ['error', ONLY_IPC],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      // What users typed never becomes markup.
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The content policy refuses style attributes; a style: directive goes through.',
        },
      ],
      'svelte/require-each-key': 'error',
      // Paths are hashes inside one page, made by lib/router.
      'svelte/no-navigation-without-resolve': 'off',
      // Maps and sets here are bookkeeping; what screens read is $state.
      'svelte/prefer-svelte-reactivity': 'off',
      // The compiler knows runes better than the core rule.
      'prefer-const': 'off',
    },
  },
  { files: ['src/lib/ipc.ts'], rules: { 'no-restricted-imports': 'off' } },
);
