// Keys of a page of items that are decided one by one. An item is marked `data-item`, each of
// its buttons `data-does` with the key; the key means the item that has the focus.
import { tick } from 'svelte';

const ITEM = 'main [data-item]';
const GROUP = 'main [data-group]';

/** Presses the button with that key of the item, or its group, that has the focus; else of the
    first item that has one. */
export function pressIn(key: string): void {
  const focus = document.activeElement;
  const does = `[data-does="${key}"]`;
  const near = [focus?.closest(ITEM), focus?.closest(GROUP)].filter((one) => one != null);
  const places = near.length > 0 ? near : [document.querySelector('main')];
  for (const place of places) {
    const button = place?.querySelector<HTMLElement>(does);
    if (button) {
      button.click();
      return;
    }
  }
}

/** The data of a page is there within a few frames. */
const PATIENCE_FRAMES = 60;

/** Runs what makes an item go away; the focus then goes to the one in its place. */
export async function actAndStay(run: () => Promise<boolean>): Promise<void> {
  const items = [...document.querySelectorAll(ITEM)];
  const focus = document.activeElement;
  const own = focus?.closest(ITEM) ?? focus?.closest(GROUP)?.querySelector(ITEM);
  const at = items.findIndex((item) => item === own);
  if (!(await run()) || at < 0) return;
  await tick();
  for (let frame = 0; frame < PATIENCE_FRAMES && items[at]?.isConnected; frame += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  // Whoever has gone elsewhere meanwhile stays there.
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const left = [...document.querySelectorAll<HTMLElement>(ITEM)];
  const next = left[Math.min(at, left.length - 1)];
  const stop = next?.querySelector<HTMLElement>('[data-stop]');
  (stop ?? document.querySelector<HTMLElement>('main'))?.focus();
}
