// A form from its draft to its saving: put back when it opens, kept as it is typed, checked by
// the desk, forgotten when it was saved. One for every form that makes or changes records.
import { onDestroy, onMount } from 'svelte';

import { Draft } from './draft.svelte';
import type { FieldSpec } from './fieldspec';
import { focusFirstProblem, Form, type Content } from './form.svelte';
import type { Problem, Saved } from './ipc';
import { atItsField } from './problems';
import { wrote } from './write';

interface Options {
  /** The name under which the draft is kept. */
  key: string;
  specs: readonly FieldSpec[];
  /** What stands in the form when nothing was typed. */
  blank?: () => Content;
  /** Fields of the record that have another name here. */
  renamed?: Record<string, string>;
}

export class DraftForm {
  readonly form: Form;
  readonly draft: Draft<Content>;
  root = $state<HTMLFormElement>();
  #blank: () => Content;
  #renamed: Record<string, string>;

  constructor({ key, specs, blank = () => ({}), renamed = {} }: Options) {
    this.#blank = blank;
    this.#renamed = renamed;
    this.form = new Form(specs, blank());
    this.draft = new Draft<Content>(key);
  }

  /** Puts back what was typed before; what the form begins with is newer where it is `begun`. */
  async open(begun: Content = {}): Promise<void> {
    const kept = await this.draft.load();
    if (!kept) return;
    this.form.restore({ ...kept, ...begun });
    if (this.form.isTyped) this.#keep();
  }

  set = (name: string, value: string | boolean): void => {
    this.form.set(name, value);
    this.#keep();
  };

  #keep(): void {
    this.draft.keep($state.snapshot(this.form.content));
  }

  async discard(): Promise<void> {
    await this.draft.clear();
    this.form.begin(this.#blank());
  }

  /** Null where the desk refuses: words stand beside the fields, the focus at the first. */
  async save(ask: () => Promise<Saved>): Promise<Saved | null> {
    const saved = await this.form.submit(ask);
    if (!saved) {
      this.refuse(this.form.problems);
      return null;
    }
    await this.draft.finish();
    return wrote(saved);
  }

  refuse(problems: readonly Problem[]): void {
    this.form.problems = atItsField(problems).map((problem) => ({
      ...problem,
      field: this.#renamed[problem.field] ?? problem.field,
    }));
    focusFirstProblem(this.root);
  }
}

/** The form for as long as the calling component lives. */
export function useDraftForm(options: Options & { begun?: () => Content }): DraftForm {
  const made = new DraftForm(options);
  onMount(() => void made.open(options.begun?.()));
  onDestroy(() => made.draft.flush());
  return made;
}
