// "Something was written": screens read `revision` where they load, and load again.
import { untrack } from 'svelte';

import { onChanged, type Changed } from './ipc';

/** Several commits of one program arrive as one. */
const GATHER_MS = 25;

class Changes {
  revision = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** After a write of this window: its screens do not wait for the news of it. */
  touch(): void {
    this.revision = untrack(() => this.revision) + 1;
  }

  /** News of every commit, by this window and by other programs on the same data. */
  listen(alsoDo: (changed: Changed) => void): void {
    onChanged((changed) => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.touch(), GATHER_MS);
      alsoDo(changed);
    });
  }
}

export const changes = new Changes();
