// Search as you type: every keystroke asks, and an answer that comes after a newer one is
// dropped.
import { asFailure, desk, type EntityKind, type Failure, type SearchHit } from './ipc';

/** A screenful; who does not see it types on. */
const LIMIT = 12;

export class Search {
  hits = $state.raw<SearchHit[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** The text that `hits` answers. */
  answered = $state('');
  #turn = 0;
  #only: EntityKind | null;

  constructor(only: EntityKind | null = null) {
    this.#only = only;
  }

  async ask(text: string): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    if (text.trim() === '') {
      this.#settle('', []);
      return;
    }
    try {
      const hits = await desk.search(text, this.#only ? LIMIT * 3 : LIMIT);
      if (turn !== this.#turn) return;
      const fitting = this.#only ? hits.filter((hit) => hit.kind === this.#only) : hits;
      this.#settle(text, fitting.slice(0, LIMIT));
    } catch (thrown) {
      if (turn === this.#turn) this.failure = asFailure(thrown);
    }
  }

  #settle(text: string, hits: SearchHit[]): void {
    this.answered = text;
    this.hits = hits;
    this.failure = null;
  }
}
