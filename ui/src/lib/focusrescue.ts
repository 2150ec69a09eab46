// The focus never falls to nothing: where what had it goes away and nobody else takes it, it goes
// to the nearest thing that is left.
export const FOCUSABLE =
  'input:not([type="hidden"]):not(:disabled), textarea:not(:disabled), select, ' +
  'button:not(:disabled), a[href], [tabindex="0"]';

/** What is around an element, innermost first, to find the way back when it is gone. */
export type Trail = Element[];

export function trailOf(element: Element | null): Trail {
  const trail: Trail = [];
  for (let one = element; one && one !== document.body; one = one.parentElement) trail.push(one);
  return trail;
}

/** Gives the focus to the first of the trail that is still there, or to the first thing in it. */
export function focusNear(trail: Trail): void {
  for (const place of trail) {
    if (!place.isConnected) continue;
    // What holds the page and the bar begins with the search box, where keys are text.
    if (place.querySelector('main') !== null) break;
    const self = place.matches(FOCUSABLE) ? place : null;
    const inside = [...place.querySelectorAll<HTMLElement>(FOCUSABLE)].find(
      (one) => one.offsetParent !== null,
    );
    const next = (self as HTMLElement | null) ?? inside;
    if (next) {
      next.focus();
      if (document.activeElement === next) return;
    }
    // What refuses the focus just now is no reason to leave the place for the search box.
    if (place instanceof HTMLElement && place.matches('[tabindex]')) {
      place.focus();
      if (document.activeElement === place) return;
    }
  }
  document.querySelector<HTMLElement>('main')?.focus();
}

const isLost = (): boolean =>
  document.activeElement === null || document.activeElement === document.body;

/** Watches over the focus until the answer is called. */
export function rescueFocus(): () => void {
  let trail: Trail = [];
  const remember = () => {
    if (!isLost()) trail = trailOf(document.activeElement);
  };
  const watch = new MutationObserver(() => {
    if (trail[0] === undefined || trail[0].isConnected || !isLost()) return;
    // Whoever took it away may put it somewhere: a sheet that closes, a page that comes.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (isLost() && !document.querySelector('[role="dialog"]')) focusNear(trail);
      }),
    );
  });
  document.addEventListener('focusin', remember);
  watch.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', remember);
    watch.disconnect();
  };
}
