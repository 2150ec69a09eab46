// How long a run of syncing still takes, judged by how fast it was of late. Pure: the time is
// an argument.
import type { SyncProgress } from './ipc';

/** What happened longer ago says little about now. */
const LOOK_BACK_MS = 20_000;

/** Before that, a guess would jump about. */
const WATCH_AT_LEAST_MS = 2_000;

interface Look {
  at: number;
  left: number;
}

export const leftOf = (progress: SyncProgress): number =>
  progress.what === 'snapshot' ? Math.max(0, progress.total - progress.rows) : progress.left;

export class Remaining {
  #what = '';
  #looks: Look[] = [];

  /** Takes in where a run stands; answers the seconds left, or null while nobody can say. */
  note(progress: SyncProgress | null, at: number): number | null {
    if (progress === null) {
      this.#looks = [];
      return null;
    }
    const left = leftOf(progress);
    const last = this.#looks.at(-1);
    // Another phase, or more to do than a moment ago: what was seen before is no measure.
    if (progress.what !== this.#what || (last && left > last.left)) this.#looks = [];
    this.#what = progress.what;
    this.#looks = [...this.#looks.filter((look) => at - look.at <= LOOK_BACK_MS), { at, left }];
    const first = this.#looks[0];
    if (!first || at - first.at < WATCH_AT_LEAST_MS || first.left <= left) return null;
    return Math.round(((at - first.at) / 1_000) * (left / (first.left - left)));
  }
}
