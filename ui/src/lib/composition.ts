// Input methods: a key that ends a composition belongs to the composition. WebKit tells of it
// after `compositionend` and says no longer that anybody composes, so that the Enter which
// chooses a word would also save the field. Whoever listens for keys never sees these.

/** What an input method has taken for itself, as every engine says it. */
const TAKEN = 229;

/** The key that ended a composition comes with it; nobody presses another one so soon. */
const JUST_ENDED_MS = 50;

const ENDING = new Set(['Enter', 'Escape', 'Tab']);

/** Keeps such keys from everybody, in every input of the window, until the answer is called. */
export function guardComposition(view: Window = window): () => void {
  let isComposing = false;
  let endedAt = -Infinity;
  const began = () => (isComposing = true);
  const ended = () => {
    isComposing = false;
    endedAt = performance.now();
  };
  const pressed = (event: KeyboardEvent) => {
    const during = isComposing || event.isComposing || event.keyCode === TAKEN;
    const after = ENDING.has(event.key) && performance.now() - endedAt < JUST_ENDED_MS;
    if (!during && !after) return;
    // It comes once: the next one is somebody's, however quick.
    if (after) endedAt = -Infinity;
    event.stopImmediatePropagation();
    // Where the input method is done with the key, the browser would still send the form.
    if (event.key === 'Enter') event.preventDefault();
  };
  const listeners = [
    ['compositionstart', began],
    ['compositionend', ended],
    ['keydown', pressed],
    ['keypress', pressed],
  ] as const;
  for (const [name, listener] of listeners) {
    view.addEventListener(name, listener as EventListener, { capture: true });
  }
  return () => {
    for (const [name, listener] of listeners) {
      view.removeEventListener(name, listener as EventListener, { capture: true });
    }
  };
}
