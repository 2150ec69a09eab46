// Edits in place that the desk refused: kept beside the record until somebody mends them or lets
// them go, however often the page is left meanwhile.
import type { Typed } from './fieldtext';
import { desk, type EntityKind, type JsonValue } from './ipc';

export class RefusedEdits {
  /** What was typed, by the name of the field. */
  typed = $state.raw<Record<string, Typed>>({});
  #key: string;

  constructor(kind: EntityKind, id: string) {
    this.#key = `refused-${kind}-${id}`;
    void this.#load();
  }

  keep(field: string, typed: Typed): void {
    this.#put({ ...this.typed, [field]: typed });
  }

  drop(field: string): void {
    if (!(field in this.typed)) return;
    this.#put(Object.fromEntries(Object.entries(this.typed).filter(([name]) => name !== field)));
  }

  async #load(): Promise<void> {
    const kept = await desk.draftLoad(this.#key).catch(() => null);
    // What is typed by now is newer.
    if (kept !== null && typeof kept === 'object' && !Array.isArray(kept)) {
      this.typed = { ...(kept as Record<string, Typed>), ...this.typed };
    }
  }

  #put(typed: Record<string, Typed>): void {
    this.typed = typed;
    const isEmpty = Object.keys(typed).length === 0;
    const written = isEmpty
      ? desk.draftClear(this.#key)
      : desk.draftSave(this.#key, typed as unknown as JsonValue);
    written.catch(() => undefined);
  }
}

const open = new Map<string, RefusedEdits>();

/** Those of a record, the same for all of its fields. */
export function refusedEdits(kind: EntityKind, id: string): RefusedEdits {
  const key = `${kind} ${id}`;
  const known = open.get(key) ?? new RefusedEdits(kind, id);
  open.set(key, known);
  return known;
}
