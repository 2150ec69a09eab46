// Shortcuts: who offers which key now, and which of them a key press means. A bare letter
// never fires while a field has focus or a sheet is open.
import { untrack } from 'svelte';

/** One key and what it does. `keys` as in `c`, `/`, `ctrl+z`, `escape`; Ctrl is also ⌘. */
export interface Shortcut {
  keys: string;
  /** Message id of what it does; the `?` sheet shows it. */
  label: string;
  run: () => void;
  /** Left out of the `?` sheet: a second key for the same thing. */
  hidden?: boolean;
}

export type Scope = 'everywhere' | 'here';

/** The name of a key press in the form of `Shortcut.keys`. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const prefix = event.ctrlKey || event.metaKey ? 'ctrl+' : event.altKey ? 'alt+' : '';
  // Shift is part of the character where there is one (`?`, `/` on many layouts); with Ctrl the
  // key counts, and Shift makes another one of it.
  const counts = key.length > 1 || (prefix === 'ctrl+' && /^[a-z]$/.test(key));
  return prefix + (event.shiftKey && counts ? `shift+${key}` : key);
}

/** Whether typing goes into the element. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit', 'reset'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** What a field does by itself with its own text. */
const OWN = new Set(['ctrl+a', 'ctrl+z', 'ctrl+shift+z', 'ctrl+y']);

/** What a control presses itself with. */
const OWN_OF_CONTROLS: Record<string, string> = {
  enter: 'button, a, label',
  space: 'button, label, input',
};

interface Offer {
  scope: Scope;
  shortcuts: Shortcut[];
}

class Keys {
  #offers = $state.raw<Offer[]>([]);

  /** Offers shortcuts until the answer is called. Later offers win. */
  offer(scope: Scope, shortcuts: Shortcut[]): () => void {
    const offer = { scope, shortcuts };
    this.#offers = [...this.#offers, offer];
    return () => {
      this.#offers = this.#offers.filter((other) => other !== offer);
    };
  }

  /** What is possible now, for the `?` sheet. */
  list(scope: Scope): Shortcut[] {
    return this.#offers
      .filter((offer) => offer.scope === scope)
      .flatMap((offer) => offer.shortcuts)
      .filter((shortcut) => !shortcut.hidden);
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const shortcut = this.#meant(event);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  }

  /** Whether the key does something now. */
  acts(event: KeyboardEvent): boolean {
    return this.#meant(event) !== undefined;
  }

  /** Does what the key means now, though it was held back when it was pressed. */
  press(event: KeyboardEvent): void {
    this.#meant(event)?.run();
  }

  #meant(event: KeyboardEvent): Shortcut | undefined {
    const name = nameOf(event);
    const typing = takesText(event.target);
    // A field undoes its own typing, and bare keys are text there. Escape is none: a field that
    // has its own use for it takes it first.
    if (typing && name !== 'escape' && !(name.startsWith('ctrl+') && !OWN.has(name))) return;
    if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"][data-popup]')) {
      if (!name.startsWith('ctrl+')) return;
    }
    // A control does its own thing with Enter and Space.
    const own = OWN_OF_CONTROLS[name];
    if (own && (event.target as Element | null)?.closest?.(own)) return;
    // Shift with a letter is that letter, unless somebody offers more.
    const more =
      event.shiftKey && /^[a-z]$/.test(name) ? this.#offered(`shift+${name}`) : undefined;
    return more ?? this.#offered(name);
  }

  #offered(name: string): Shortcut | undefined {
    for (const offer of [...this.#offers].reverse()) {
      const shortcut = offer.shortcuts.find((candidate) => candidate.keys === name);
      if (shortcut) return shortcut;
    }
  }
}

export const keys = new Keys();

/** Offers shortcuts for as long as the calling component lives. */
export function useShortcuts(scope: Scope, shortcuts: () => Shortcut[]): void {
  $effect(() => {
    const present = shortcuts();
    return untrack(() => keys.offer(scope, present));
  });
}

const ARIA: Record<string, string> = {
  ctrl: 'Control',
  escape: 'Escape',
  enter: 'Enter',
  space: 'Space',
};

/** The form of `aria-keyshortcuts`. */
export function ariaKeys(shortcut: string): string {
  return shortcut
    .split('+')
    .map((part) => ARIA[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join('+');
}
