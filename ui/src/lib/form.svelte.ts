// A form of one or more records: what is typed, what is wrong with it, and the saving of it.
// What was typed is never lost: a refusal only adds words beside the fields.
import type { FieldSpec } from './fieldspec';
import { fromTyped, type Typed } from './fieldtext';
import { asFailure, type Failure, type JsonValue, type Problem } from './ipc';
import { takesText } from './keys.svelte';
import { problemAt } from './problems';
import { session } from './session.svelte';

export type Content = Record<string, Typed>;

export class Form {
  content = $state<Content>({});
  problems = $state.raw<Problem[]>([]);
  warnings = $state.raw<Problem[]>([]);
  failure = $state.raw<Failure | null>(null);
  state = $state<'open' | 'saving'>('open');
  #specs: readonly FieldSpec[];
  #typed = new Set<string>();

  constructor(specs: readonly FieldSpec[], content: Content = {}) {
    this.#specs = specs;
    this.content = content;
  }

  value(name: string): Typed {
    return this.content[name] ?? '';
  }

  text(name: string): string {
    const value = this.content[name];
    return typeof value === 'string' ? value : '';
  }

  /** Typing takes back what was said about the field. */
  set(name: string, value: Typed): void {
    this.content[name] = value;
    this.#typed.add(name);
    this.problems = this.problems.filter((problem) => problem.field !== name);
    this.warnings = this.warnings.filter((problem) => problem.field !== name);
    if (this.failure?.code === 'invalid' || this.failure?.code === 'confirm') this.failure = null;
  }

  /** Puts back what was typed before. What was typed since the form opened is newer, and stays. */
  restore(kept: Content): void {
    const since = [...this.#typed].map((name) => [name, this.content[name] ?? '']);
    this.content = { ...this.content, ...kept, ...Object.fromEntries(since) };
  }

  /** Begins anew with other content. */
  begin(content: Content): void {
    this.content = content;
    this.#typed.clear();
    this.problems = [];
  }

  get isTyped(): boolean {
    return this.#typed.size > 0;
  }

  get isBlank(): boolean {
    return Object.values(this.content).every((value) => value === '' || value === false);
  }

  /** What is said at a field. What only asks is said once, beside the button that answers. */
  problem(name: string): string | null {
    if (this.failure?.code === 'confirm') return null;
    return problemAt(this.problems, name);
  }

  warning(name: string): string | null {
    return problemAt(this.warnings, name);
  }

  /** What the desk is given: only what was said. */
  fields(): Record<string, JsonValue> {
    const fields: Record<string, JsonValue> = {};
    for (const spec of this.#specs) {
      const typed = this.content[spec.name];
      if (typed === undefined || typed === '') continue;
      fields[spec.name] = fromTyped(spec, typed, session.locale, session.today);
    }
    return fields;
  }

  /** Problems that stand at none of the form's fields. */
  get elsewhere(): Problem[] {
    const names = new Set(this.#specs.map((spec) => spec.name));
    return this.problems.filter((problem) => !names.has(problem.field));
  }

  /** Runs the save; a refusal becomes words beside the fields. Answers null when refused. */
  async submit<T>(save: () => Promise<T>): Promise<T | null> {
    if (this.state === 'saving') return null;
    this.state = 'saving';
    try {
      const saved = await save();
      this.failure = null;
      this.problems = [];
      return saved;
    } catch (thrown) {
      const failure = asFailure(thrown);
      this.failure = failure;
      this.problems = failure.problems;
      return null;
    } finally {
      this.state = 'open';
    }
  }
}

/** Puts the focus where typing begins, unless somebody types in the form already. */
export function focusStart(root: HTMLElement | undefined, first = 'input'): void {
  if (takesText(document.activeElement) && root?.contains(document.activeElement)) return;
  root?.querySelector<HTMLElement>(first)?.focus();
}

/** Puts the focus at the first field that something is said about. */
export function focusFirstProblem(root: HTMLElement | undefined): void {
  requestAnimationFrame(() => {
    root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}
