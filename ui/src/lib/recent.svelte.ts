// What was opened last on this PC, newest first. Only what it was is kept, never what it said:
// a record that changed or is gone is looked up when it is shown.
import { untrack } from 'svelte';

import { desk, type JsonValue } from './ipc';

export interface Recent {
  kind: 'customer' | 'vehicle';
  id: string;
  title: string;
  subtitle: string;
  license_plate: string;
}

const KEY = 'recent';
const KEPT = 8;

class RecentlyOpened {
  list = $state.raw<Recent[]>([]);

  async load(): Promise<void> {
    try {
      const kept = await desk.draftLoad(KEY);
      if (Array.isArray(kept)) this.list = kept as unknown as Recent[];
    } catch {
      // Nothing is lost with it.
    }
  }

  add(entry: Recent): void {
    const before = this.#now();
    const next = [entry, ...before.filter((one) => one.id !== entry.id)].slice(0, KEPT);
    if (JSON.stringify(next) === JSON.stringify(before)) return;
    this.list = next;
    this.#keep();
  }

  drop(id: string): void {
    const before = this.#now();
    if (!before.some((one) => one.id === id)) return;
    this.list = before.filter((one) => one.id !== id);
    this.#keep();
  }

  /** The list, for who writes it and must not be called again by that. */
  #now(): Recent[] {
    return untrack(() => this.list);
  }

  #keep(): void {
    desk.draftSave(KEY, this.list as unknown as JsonValue).catch(() => undefined);
  }
}

export const recent = new RecentlyOpened();
