// Data of a screen that is loaded, loaded again when something that it shows has changed, and
// never replaced by an answer that came too late.
import { untrack } from 'svelte';

import { busy } from './busy.svelte';
import { useNews, type Shown } from './changes.svelte';
import { asFailure, type Failure } from './ipc';

export class Loaded<T> {
  value = $state.raw<T | undefined>(undefined);
  failure = $state.raw<Failure | null>(null);
  #turn = 0;
  #load: () => Promise<T>;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  async reload(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const done = busy.begin();
    try {
      const value = await this.#load();
      if (turn !== this.#turn) return;
      this.value = value;
      this.failure = null;
    } catch (thrown) {
      if (turn === this.#turn) this.failure = asFailure(thrown);
    } finally {
      done();
    }
  }
}

/**
 * Loads now, and again when news come of what is shown. `inputs` names what else the answer
 * depends on.
 */
export function useLoaded<T>(
  load: () => Promise<T>,
  shows: (value: T | undefined) => Shown,
  inputs: () => unknown = () => null,
): Loaded<T> {
  const loaded = new Loaded(load);
  $effect(() => {
    inputs();
    untrack(() => void loaded.reload());
  });
  useNews(
    () => shows(untrack(() => loaded.value)),
    () => void loaded.reload(),
  );
  return loaded;
}
