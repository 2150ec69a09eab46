// Scanners of VINs and plates type as keyboards do, faster than anybody: a whole code with a
// moment between the characters, then Enter or Tab. What they type is no shortcut and sends no
// form; it is the car that stands in front of the counter.
import { takesText } from './keys.svelte';

/** Scanners type a character in 1 to 20 ms, quick hands one in 80 ms at best. */
export const GAP_MS = 50;

/** The shortest chassis number; plates are never longer, words typed by hand never so quick. */
export const LEAST_CHARACTERS = 11;

/** A key waits so long to be known as one of a hand. Some more than the gap: the page may be
    late, a scanner is not. */
const HOLD_MS = 70;

/** So many characters in one go are a machine's. */
const BURST = 4;

/** Its next one may be late for once on a busy PC, and none of them is anybody's shortcut. */
const BURST_GAP_MS = 160;

/** Letters and digits, with the marks that some scanners put around them. A program that fills in
    a password or types a sentence is quick, too, and means the Enter after it. */
const CODE = /^[\p{L}\p{N}*.-]+$/u;

/** A licence's code is lines: each ends with an Enter, or with the chord that types its separator.
    No more of it comes after so long. */
const LINES_MS = 500;

/** No code of a licence is longer. */
const LINES_MAX = 4_096;

/** What a box says that wants a scanned code for itself, such as the search box. */
export const TAKES_SCANS = 'data-takes-scans';

interface Field {
  element: HTMLInputElement | HTMLTextAreaElement;
  before: string;
}

interface Use {
  /** A code was scanned that nothing on the screen takes. */
  onscan: (code: string) => void;
  /** A text of several lines was scanned: the code of a driving licence. */
  onlines: (text: string) => void;
  /** A key that waited was pressed by hand. */
  onkey: (event: KeyboardEvent) => void;
  /** Whether the key does anything here, so that it has to wait. */
  acts: (event: KeyboardEvent) => boolean;
}

export class Scanner {
  #use: Use;
  #text = '';
  #last = -Infinity;
  #held: KeyboardEvent[] = [];
  #field: Field | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What came of a text of lines; null: none is coming. */
  #lines: string | null = null;

  constructor(use: Use) {
    this.#use = use;
  }

  /** Watches the keys before anybody else sees them, until the answer is called. */
  start(view: Window = window): () => void {
    const pressed = (event: KeyboardEvent) => this.#pressed(event);
    const typed = (event: Event) => this.#remember(event);
    view.addEventListener('keydown', pressed, { capture: true });
    view.addEventListener('beforeinput', typed, { capture: true });
    return () => {
      this.#letGo();
      view.removeEventListener('keydown', pressed, { capture: true });
      view.removeEventListener('beforeinput', typed, { capture: true });
    };
  }

  #pressed(event: KeyboardEvent): void {
    if (!event.isTrusted || event.repeat) return;
    if (['Shift', 'CapsLock', 'Control', 'Meta', 'Alt', 'AltGraph'].includes(event.key)) return;
    if (this.#takesLines(event)) return;
    // No scanner types a chord: what waited comes before it, and what follows begins anew.
    if (event.ctrlKey || event.metaKey || event.altKey) return this.#letGo();
    const isBurst = this.#text.length >= BURST;
    const isNear = event.timeStamp - this.#last <= (isBurst ? BURST_GAP_MS : GAP_MS);
    if (event.key.length === 1) {
      if (!isNear) this.#letGo();
      this.#text += event.key;
      this.#last = event.timeStamp;
      if (this.#held.length > 0 || this.#use.acts(event)) this.#hold(event);
      return;
    }
    const isEnd = event.key === 'Enter' || event.key === 'Tab';
    const isScan = isNear && this.#text.length >= LEAST_CHARACTERS && CODE.test(this.#text);
    if (isEnd && isScan && !isSecret(event.target)) this.#end(event);
    else this.#letGo();
  }

  /** A mark and the end of its line, quicker than any hand: nothing of what follows is meant for
      whatever is on the screen. */
  #takesLines(event: KeyboardEvent): boolean {
    const separates = ['Enter', 'Tab'].includes(event.key) || event.ctrlKey;
    if (this.#lines === null) {
      // Nobody ends anything with this mark, so that a page that is late may be waited for.
      const isNear = event.timeStamp - this.#last <= BURST_GAP_MS;
      if (!this.#text.endsWith('@') || !isNear || !separates || isSecret(event.target))
        return false;
      if (this.#field) putBack(this.#field);
      this.#held = [];
      this.#letGo();
      this.#lines = '@';
    }
    swallow(event);
    if (this.#lines.length < LINES_MAX) {
      this.#lines += separates ? '\n' : event.key.length === 1 ? event.key : '';
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#endLines(), LINES_MS);
    return true;
  }

  #endLines(): void {
    const text = this.#lines;
    this.#lines = null;
    if (text !== null && text.trim() !== '@') this.#use.onlines(text);
  }

  #hold(event: KeyboardEvent): void {
    event.stopImmediatePropagation();
    event.preventDefault();
    this.#held.push(event);
    clearTimeout(this.#timer);
    const patience = this.#text.length >= BURST ? 2 * BURST_GAP_MS : HOLD_MS;
    this.#timer = setTimeout(() => this.#letGo(), patience);
  }

  /** It was a hand: what waited is pressed now, in its order. */
  #letGo(): void {
    clearTimeout(this.#timer);
    const held = this.#text.length < BURST ? this.#held : [];
    this.#held = [];
    this.#text = '';
    this.#field = null;
    this.#last = -Infinity;
    for (const event of held) this.#use.onkey(event);
  }

  /** What a field held before the first character of a burst. */
  #remember(event: Event): void {
    const element = event.target;
    const takesOne = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
    if (takesOne && (this.#text.length <= 1 || this.#field?.element !== element)) {
      this.#field = { element, before: element.value };
    }
  }

  #end(event: KeyboardEvent): void {
    const code = this.#text;
    const field = this.#field;
    this.#held = [];
    this.#letGo();
    const target = event.target;
    if (!takesText(target)) {
      swallow(event);
      this.#use.onscan(code);
      return;
    }
    const box = target as HTMLElement;
    if (box.hasAttribute(TAKES_SCANS)) {
      if (event.key === 'Enter') return;
      swallow(event);
      box.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }),
      );
    } else if (box instanceof HTMLInputElement && isForNumbers(box)) {
      swallow(event);
      if (field?.element === box) putBack(field);
      this.#use.onscan(code);
    } else if (event.key === 'Enter' && box instanceof HTMLInputElement) {
      swallow(event);
      focusNext(box);
    }
  }
}

function swallow(event: KeyboardEvent): void {
  event.stopImmediatePropagation();
  event.preventDefault();
}

const isSecret = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === 'password';

/** No code belongs into an odometer, an amount or a date. */
const isForNumbers = (box: HTMLInputElement): boolean =>
  ['numeric', 'decimal'].includes(box.inputMode) || box.classList.contains('is-date');

function putBack({ element, before }: Field): void {
  element.value = before;
  element.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** From a field to the next one of its form. */
export function focusNext(field: HTMLElement): void {
  const around = field.closest('form, [role="dialog"], main') ?? document.body;
  const fields = [
    ...around.querySelectorAll<HTMLElement>(
      'input:not([type="hidden"]), textarea, select, button[aria-haspopup], button[type="submit"]',
    ),
  ].filter((one) => !one.hasAttribute('disabled') && one.offsetParent !== null);
  fields[fields.indexOf(field) + 1]?.focus();
}
