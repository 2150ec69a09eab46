// The window. A short map:
//
//   App.svelte   the frame: rail, bar, page, toasts; shortcuts that work everywhere
//   frame/       the parts of the frame
//   views/       one folder per screen: loads its data, holds its own pieces
//   parts/       presentational components: props in, callbacks out, no loading
//   lib/         everything that is not markup; only lib/ipc.ts knows the shell
//   tokens.css   colours, distances, type; base.css is the ground for elements
//
// Words come from ../locales, shared with the rest of the product. `cargo xtask run --live` shows
// the window on a real desk and builds the page anew whenever a file of it changes.
import { mount } from 'svelte';

import App from './App.svelte';
import { reportError } from './lib/ipc';
import './tokens.css';
import './base.css';

window.addEventListener('error', (event) => {
  reportError(
    `${event.message} (${event.filename}:${event.lineno}) ${String(event.error?.stack ?? '')}`,
  );
});
window.addEventListener('unhandledrejection', (event) => {
  const reason: unknown = event.reason;
  reportError(reason instanceof Error ? `${reason.message} ${reason.stack ?? ''}` : String(reason));
});

const target = document.getElementById('app');
if (target) mount(App, { target });
