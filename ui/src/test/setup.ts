// What jsdom lacks, and English words for the components under test.
import { words } from '../lib/i18n.svelte';

class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver ??= NoResizes;
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;
document.hasFocus = () => true;

// The shell's own, under which `convertFileSrc` makes addresses.
Object.assign(globalThis, {
  __TAURI_INTERNALS__: {
    convertFileSrc: (path: string, scheme: string) => `${scheme}://localhost/${path}`,
  },
});

await words.speak('en', 'US');
