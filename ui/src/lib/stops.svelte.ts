// J and K, or the arrows, go from one line or field of a page to the next. Whatever carries
// `data-stop` or `data-edit` is a stop.
import { useShortcuts, type Shortcut } from './keys.svelte';

const STOPS = 'main :is([data-stop], [data-edit])';

function isVisible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

/** The stop `step` places from the focus; from nowhere, the first or the last. */
export function moveStop(step: 1 | -1): void {
  const stops = [...document.querySelectorAll<HTMLElement>(STOPS)].filter(isVisible);
  if (stops.length === 0) return;
  const focus = document.activeElement;
  const at = stops.findIndex((stop) => stop === focus || stop.contains(focus));
  const next = at < 0 ? (step > 0 ? 0 : stops.length - 1) : at + step;
  stops[Math.max(0, Math.min(stops.length - 1, next))]?.focus();
}

/** E edits the field that has the focus, else the first one of the page. */
export function editHere(): void {
  const focused = document.activeElement?.closest('[data-field]');
  const target =
    focused?.querySelector<HTMLElement>('[data-edit]') ??
    document.querySelector<HTMLElement>('main [data-edit]');
  target?.click();
}

export const moveShortcuts: Shortcut[] = [
  { keys: 'j', label: 'key-does-next', run: () => moveStop(1) },
  { keys: 'k', label: 'key-does-previous', run: () => moveStop(-1) },
  { keys: 'arrowdown', label: 'key-does-next', run: () => moveStop(1), hidden: true },
  { keys: 'arrowup', label: 'key-does-previous', run: () => moveStop(-1), hidden: true },
];

/** Moving about a page of lines and fields, and what else the page offers. */
export function usePageKeys(others: () => Shortcut[] = () => []): void {
  useShortcuts('here', () => [...others(), ...moveShortcuts]);
}
