// What is being typed survives a crash: kept as it is typed, put back when the form opens
// again, forgotten when it was saved or discarded.
import { desk, type JsonValue } from './ipc';

/** A pause in typing; a crash costs at most the last word. */
const PAUSE_MS = 250;

export class Draft<T extends object> {
  /** A draft was found and put back. */
  isRestored = $state(false);
  #key: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: T | null = null;

  constructor(key: string) {
    this.#key = key;
  }

  /** What was kept, or null. Trouble here must not keep a form from opening. */
  async load(): Promise<T | null> {
    try {
      const kept = await desk.draftLoad(this.#key);
      this.isRestored = kept !== null && typeof kept === 'object';
      return this.isRestored ? (kept as unknown as T) : null;
    } catch {
      return null;
    }
  }

  keep(content: T): void {
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
    desk.draftSave(this.#key, content as unknown as JsonValue).catch(() => undefined);
  }

  /** Saved or discarded: nothing to come back to. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pending = null;
    this.isRestored = false;
    await desk.draftClear(this.#key).catch(() => undefined);
  }
}
