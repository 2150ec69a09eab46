// "Something was written": screens read `revision` where they load, and load again.
import { untrack } from 'svelte';

import { onChanged, type Changed } from './ipc';

/** Several commits of one program arrive as one. */
const GATHER_MS = 25;

/** A hand that moved the mouse just now is about to press: nothing may move away under it. */
const HAND_RESTS_MS = 400;

/** However busy the hand is, nobody works on old data for longer. */
const HELD_AT_MOST_MS = 2_000;

/** Screens have loaded by then; what appears later is not what arrived. */
const ARRIVING_MS = 1_500;

class Changes {
  revision = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heldSince: number | null = null;
  #handMoved = -Infinity;
  #ownWrite = -Infinity;
  #news = -Infinity;

  /** After a write of this window: its screens do not wait for the news of it. */
  touch(): void {
    this.#ownWrite = performance.now();
    this.#bump();
  }

  /** News of every commit, by this window and by other programs on the same data. */
  listen(alsoDo: (changed: Changed) => void): void {
    const moved = () => (this.#handMoved = performance.now());
    window.addEventListener('pointermove', moved, { passive: true });
    window.addEventListener('pointerdown', moved, { passive: true });
    onChanged((changed) => {
      this.#heldSince ??= performance.now();
      this.#wait();
      alsoDo(changed);
    });
  }

  /** Whether what appears on the screen now came from elsewhere. */
  get isArriving(): boolean {
    const now = performance.now();
    return now - this.#news < ARRIVING_MS && now - this.#ownWrite > ARRIVING_MS;
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
      if (time - this.#handMoved < HAND_RESTS_MS && !isLate) {
        this.#wait();
        return;
      }
      this.#heldSince = null;
      this.#news = time;
      this.#bump();
    }, pause);
  }

  #bump(): void {
    this.revision = untrack(() => this.revision) + 1;
  }
}

export const changes = new Changes();
