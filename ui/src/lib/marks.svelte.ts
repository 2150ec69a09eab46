// Lines of a list that are marked, and the one that keys act on. Both are kept by id, so that
// neither moves when lines come and go.

/** The line that takes the place of one that left: the next that is still there, else the last
    before it. */
export function successor(
  before: readonly string[],
  active: string | null,
  now: readonly string[],
): string | null {
  if (active === null || now.includes(active)) return active;
  const there = new Set(now);
  const at = before.indexOf(active);
  const after = before.slice(at + 1).find((id) => there.has(id));
  return (
    after ??
    before
      .slice(0, Math.max(0, at))
      .reverse()
      .find((id) => there.has(id)) ??
    null
  );
}

export class Marks {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  active = $state<string | null>(null);
  /** Where a stretch began that Shift extends. */
  #anchor: string | null = null;
  #order: readonly string[] = [];

  constructor(active: string | null = null) {
    this.active = active;
  }

  /** The list has these lines now. */
  follow(order: readonly string[]): void {
    this.active = successor(this.#order, this.active, order);
    const there = new Set(order);
    if ([...this.ids].some((id) => !there.has(id))) {
      this.ids = new Set([...this.ids].filter((id) => there.has(id)));
    }
    if (this.#anchor !== null && !there.has(this.#anchor)) this.#anchor = null;
    this.#order = order;
  }

  /** The first step of all leads to the first line. */
  move(step: number): void {
    if (this.#order.length === 0) return;
    const at = this.active === null ? -1 : this.#order.indexOf(this.active);
    const next = at < 0 ? 0 : Math.max(0, Math.min(this.#order.length - 1, at + step));
    this.active = this.#order[next] ?? null;
  }

  toggle(): void {
    this.active ??= this.#order[0] ?? null;
    if (this.active === null) return;
    const ids = new Set(this.ids);
    if (!ids.delete(this.active)) ids.add(this.active);
    this.ids = ids;
    this.#anchor = this.active;
  }

  /** Marks from where the last mark was made up to the active line. */
  extend(): void {
    this.active ??= this.#order[0] ?? null;
    if (this.active === null) return;
    const to = this.#order.indexOf(this.active);
    const from = this.#anchor === null ? to : this.#order.indexOf(this.#anchor);
    this.#anchor ??= this.active;
    const stretch = this.#order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.ids = new Set([...this.ids, ...stretch]);
  }

  /** A step that marks what it goes over. */
  stretch(step: number): void {
    if (this.active === null) return this.move(step);
    this.#anchor ??= this.active;
    this.move(step);
    this.extend();
  }

  all(): void {
    this.ids = new Set(this.#order);
  }

  clear(): void {
    this.ids = new Set();
    this.#anchor = null;
  }

  /** What an action is about: what is marked, else the line that keys act on. */
  get targets(): string[] {
    if (this.ids.size > 0) return this.#order.filter((id) => this.ids.has(id));
    return this.active === null ? [] : [this.active];
  }
}
