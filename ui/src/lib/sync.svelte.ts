// How the desk stands with the server, for the bar and the Sync page.
import { untrack } from 'svelte';

import { desk, onSyncChanged, type SyncStatus } from './ipc';

/** A run that is over sooner is not shown: most are, and the bar must not flicker. */
const SHOWN_FROM_MS = 400;

/** "2 min ago" is true for a while only. */
const TICK_MS = 15_000;

class Sync {
  /** Null until the desk has said it for the first time. */
  status = $state.raw<SyncStatus | null>(null);
  /** The time by which "ago" is counted. */
  now = $state(Date.now());
  #newest: SyncStatus | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How many things need somebody. */
  open = $derived(
    (this.status?.rejected ?? 0) +
      (this.status?.open_conflicts ?? 0) +
      (this.status?.duplicates ?? 0) +
      (this.status?.files.refused ?? 0),
  );

  /** Loads how it stands, and follows it from now on. */
  async start(): Promise<void> {
    onSyncChanged((status) => this.take(status));
    setInterval(() => (this.now = Date.now()), TICK_MS);
    try {
      const first = await desk.syncStatus();
      // Events come in their order; an answer may be older than the last of them.
      if (this.#newest === null) this.take(first);
    } catch {
      // The event says it as soon as the desk can.
    }
  }

  take(status: SyncStatus): void {
    this.#newest = status;
    this.now = Date.now();
    const isShown = untrack(() => this.status)?.state === 'working';
    if (status.state === 'working' && !isShown && untrack(() => this.status) !== null) {
      this.#timer ??= setTimeout(() => this.#show(), SHOWN_FROM_MS);
    } else {
      this.#show();
    }
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.status = this.#newest;
  }
}

export const sync = new Sync();
