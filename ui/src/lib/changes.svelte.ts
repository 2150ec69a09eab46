// News of what was written: a screen says what it shows and loads again when that changed. What
// was done here is shown at once; what came from elsewhere waits for a hand that is about to
// press.
import { onChanged, type Changed, type ChangedRecord, type EntityKind } from './ipc';

/** Several commits of one program arrive as one. */
const GATHER_MS = 25;

/** A hand that moved the mouse just now is about to press: nothing may move away under it. */
const HAND_RESTS_MS = 400;

/** However busy the hand is, nobody works on old data for longer. */
const HELD_AT_MOST_MS = 2_000;

/** Screens have loaded by then; what appears later is not what arrived. */
const ARRIVING_MS = 1_500;

/** What a screen shows: records by their ids, with what belongs to them, and whole kinds. */
export interface Shown {
  ids?: readonly (string | null | undefined)[];
  kinds?: readonly EntityKind[];
}

interface Reader {
  shown: () => Shown;
  run: () => void;
}

const NOTHING: Changed = { records: [], settings: false, everything: false };

/** Whether news are about what is shown. How the garage writes things down is shown everywhere. */
export function concerns(changed: Changed, shown: Shown): boolean {
  const isGarage = changed.records.some(({ kind }) => kind === 'garage');
  if (changed.everything || changed.settings || isGarage) return true;
  const { ids = [], kinds = [] } = shown;
  return changed.records.some(
    (record) =>
      kinds.includes(record.kind) ||
      ids.includes(record.id) ||
      record.of.some((one) => ids.includes(one)),
  );
}

class Changes {
  #readers = new Set<Reader>();
  #waiting = NOTHING;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heldSince: number | null = null;
  #handMoved = -Infinity;
  /** When news came from elsewhere, by the record that they are about. */
  #arrived = new Map<string, number>();

  /** Begins to hear of every commit. */
  listen(): void {
    const moved = () => (this.#handMoved = performance.now());
    window.addEventListener('pointermove', moved, { passive: true });
    window.addEventListener('pointerdown', moved, { passive: true });
    onChanged((changed) => this.take(changed));
  }

  /** Runs whenever something that is shown has changed, until the answer is called. */
  on(shown: () => Shown, run: () => void): () => void {
    const reader = { shown, run };
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  take(changed: Changed): void {
    this.#waiting = {
      records: [...this.#waiting.records, ...changed.records],
      settings: this.#waiting.settings || changed.settings,
      everything: this.#waiting.everything || changed.everything,
    };
    if (changed.records.some((record) => !record.is_from_elsewhere)) {
      this.#tell();
      return;
    }
    this.#heldSince ??= performance.now();
    this.#wait();
  }

  /** Whether another desk or program has just changed the record, or something of it. */
  isFromElsewhere(id: string): boolean {
    const at = this.#arrived.get(id);
    return at !== undefined && performance.now() - at < ARRIVING_MS;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const untilRest = this.#handMoved + HAND_RESTS_MS - now;
    const untilLatest = (this.#heldSince ?? now) + HELD_AT_MOST_MS - now;
    const pause = Math.max(GATHER_MS, Math.min(untilRest, untilLatest));
    this.#timer = setTimeout(() => {
      const time = performance.now();
      const isLate = time - (this.#heldSince ?? time) >= HELD_AT_MOST_MS;
      if (time - this.#handMoved < HAND_RESTS_MS && !isLate) this.#wait();
      else this.#tell();
    }, pause);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    const changed = this.#waiting;
    this.#waiting = NOTHING;
    this.#heldSince = null;
    this.#note(changed.records);
    for (const reader of [...this.#readers]) {
      if (concerns(changed, reader.shown())) reader.run();
    }
  }

  #note(records: readonly ChangedRecord[]): void {
    const now = performance.now();
    for (const [id, at] of this.#arrived) {
      if (now - at >= ARRIVING_MS) this.#arrived.delete(id);
    }
    const own = new Set(records.filter((one) => !one.is_from_elsewhere).map(({ id }) => id));
    for (const record of records) {
      if (!record.is_from_elsewhere || own.has(record.id)) continue;
      this.#arrived.set(record.id, now);
    }
  }
}

export const changes = new Changes();

/** Runs when something shown has changed, for as long as the calling component lives. */
export function useNews(shown: () => Shown, run: () => void): void {
  $effect(() => changes.on(shown, run));
}
