// What is being typed survives a crash: kept as it is typed, put back when the form opens
// again, forgotten when it was saved or discarded.
import { desk, type JsonValue } from './ipc';

/** A pause in typing; a crash costs at most the last word. */
const PAUSE_MS = 250;

/** What is on its way to the desk: a form that is opened again at once must not be faster. */
let underway: Promise<unknown> = Promise.resolve();

export class Draft<T extends object> {
  /** A draft was found and put back. */
  isRestored = $state(false);
  /** A draft was found that is about something else than what is being typed. */
  other = $state.raw<T | null>(null);
  #key: string;
  #otherKey: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: T | null = null;
  #isOver = false;

  constructor(key: string) {
    this.#key = key;
  }

  /** What was kept, or null. Trouble here must not keep a form from opening. */
  async load(): Promise<T | null> {
    try {
      await underway;
      const kept = await desk.draftLoad(this.#key);
      this.isRestored = kept !== null && typeof kept === 'object';
      return this.isRestored ? (kept as unknown as T) : null;
    } catch {
      return null;
    }
  }

  /**
   * The same for a form about one thing of several: what is kept of another one stays where it
   * is and waits in `other`, and this form is kept under a name of its own.
   */
  async loadOf(thing: string, isOfIt: (kept: T) => boolean): Promise<T | null> {
    const kept = await this.load();
    if (kept === null || isOfIt(kept)) return kept;
    this.#otherKey = this.#key;
    this.#key = `${this.#key}-${thing}`;
    const own = await this.load();
    this.other = kept;
    return own;
  }

  /** Turns to the draft that waited. */
  takeOther(): T | null {
    const { other } = this;
    if (other === null || this.#otherKey === null) return null;
    this.flush();
    this.#key = this.#otherKey;
    this.other = null;
    this.isRestored = true;
    return other;
  }

  keep(content: T): void {
    if (this.#isOver) return;
    this.#pending = content;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Writes what waits now: the form is left. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending === null) return;
    const content = this.#pending;
    this.#pending = null;
    const saved = desk.draftSave(this.#key, content as unknown as JsonValue);
    underway = Promise.all([underway, saved.catch(() => undefined)]);
  }

  /** Saved: nothing to come back to, whatever is still on its way into the form. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await this.clear();
  }

  /** Discarded: the form begins anew. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pending = null;
    this.isRestored = false;
    const cleared = desk.draftClear(this.#key).catch(() => undefined);
    underway = Promise.all([underway, cleared]);
    await cleared;
  }
}
