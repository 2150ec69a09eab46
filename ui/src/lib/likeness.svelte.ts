// Live warnings while a form is filled in: who or what looks like it already.
import { desk, type LikelyDuplicate, type Likeness } from './ipc';

/** Shorter than the pause between two fields, longer than between two keys. */
const PAUSE_MS = 200;

export class LikenessWatch {
  found = $state.raw<LikelyDuplicate[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  #asked = '';

  look(likeness: Likeness): void {
    const asked = JSON.stringify(likeness);
    if (asked === this.#asked) return;
    this.#asked = asked;
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    if (Object.values(likeness).every((text) => !text)) {
      this.found = [];
      return;
    }
    this.#timer = setTimeout(() => {
      desk
        .likelyDuplicates(likeness, null)
        .then((found) => {
          if (turn === this.#turn) this.found = found;
        })
        // A warning that fails to come is no reason to stop anybody.
        .catch(() => undefined);
    }, PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }
}
