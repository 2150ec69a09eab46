// Whether the page still waits for its first data: told to assistive technology, and to
// whoever takes a picture of it. Nothing is shown for it; local data is there at once.
import { untrack } from 'svelte';

class Busy {
  waiting = $state(0);

  /** Counts one wait until the answer is called; calling it twice is harmless. */
  begin(): () => void {
    let isOver = false;
    this.#add(1);
    return () => {
      if (!isOver) this.#add(-1);
      isOver = true;
    };
  }

  #add(count: number): void {
    this.waiting = untrack(() => this.waiting) + count;
  }
}

export const busy = new Busy();
