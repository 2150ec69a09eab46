// A window onto a long list: pages of rows, fetched as they come into sight and dropped when
// they are long out of it.
import { busy } from './busy.svelte';
import { asFailure, type Failure, type Window } from './ipc';

/** Three screens of rows: one answer covers a flick of the wheel. */
export const PAGE = 120;

/** 12 pages of 120 rows; a row is about 1 kB. */
const KEPT_PAGES = 12;

export class RowCache<T> {
  /** Rows there are; null until the first answer. */
  total = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Counts answers: readers of `row` read again. */
  #answers = $state(0);
  #pages = new Map<number, T[]>();
  #stale = new Set<number>();
  #asked = new Set<number>();
  #generation = 0;
  #load: (offset: number, limit: number) => Promise<Window<T>>;

  constructor(load: (offset: number, limit: number) => Promise<Window<T>>) {
    this.#load = load;
  }

  /** The row, or undefined while it is on its way. */
  row(index: number): T | undefined {
    void this.#answers;
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Where the row with that id is now; -1 when it is not among the rows that are there. */
  indexOf(id: string): number {
    for (const [page, rows] of this.#pages) {
      if (this.#stale.has(page)) continue;
      const at = rows.findIndex((row) => (row as { id?: string }).id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  /** Sees to it that rows `first ..= last` are there or on their way. */
  want(first: number, last: number): void {
    const from = Math.max(0, Math.floor(first / PAGE));
    const to = Math.max(from, Math.floor(last / PAGE));
    for (let page = from; page <= to; page += 1) void this.#fetch(page);
    this.#drop(from, to);
  }

  /**
   * Another question, or the same one after a write. The rows on the screen stay until the new
   * ones are there, so that nothing flickers.
   */
  reset(): void {
    this.#generation += 1;
    this.#asked.clear();
    this.#stale = new Set(this.#pages.keys());
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page) || (this.#pages.has(page) && !this.#stale.has(page))) return;
    this.#asked.add(page);
    const generation = this.#generation;
    const done = busy.begin();
    try {
      const window = await this.#load(page * PAGE, PAGE);
      if (generation !== this.#generation) return;
      this.#pages.set(page, window.rows);
      this.#stale.delete(page);
      // What other pages held belongs to the question before.
      for (const old of this.#stale) if (!this.#asked.has(old)) this.#pages.delete(old);
      this.total = window.total;
      this.failure = null;
      this.#answers += 1;
    } catch (thrown) {
      if (generation === this.#generation) this.failure = asFailure(thrown);
    } finally {
      done();
      if (generation === this.#generation) this.#asked.delete(page);
    }
  }

  #drop(from: number, to: number): void {
    if (this.#pages.size <= KEPT_PAGES) return;
    const distance = (page: number) => Math.max(from - page, page - to, 0);
    const far = [...this.#pages.keys()].sort((a, b) => distance(b) - distance(a));
    for (const page of far.slice(0, this.#pages.size - KEPT_PAGES)) {
      if (distance(page) > 0) this.#pages.delete(page);
    }
  }
}
