// What the desk thinks of a form so far. Only what was typed is judged: a field that is still
// blank is not wrong yet.
import type { Form } from './form.svelte';
import { desk, type EntityKind, type JsonValue, type Problem } from './ipc';

/** What a form says itself while it is filled in, or what may still come. */
const NOT_YET = new Set([
  'required',
  'contact_missing',
  'plate_or_vin_missing',
  'unique',
  'mileage_below_last',
]);

interface What {
  /** The record that is edited. */
  id?: string | null;
  /** What would be saved, where that is more than the form. */
  fields?: () => Record<string, JsonValue>;
  /** Fields of the record that have another name in the form. */
  renamed?: Record<string, string>;
}

/** Asks about the form when a field is left, and puts the answer beside the fields: problems of
    that field, and what the save would ask about. */
export async function reviewForm(
  form: Form,
  kind: EntityKind,
  left: string,
  { id = null, fields = () => form.fields(), renamed = {} }: What = {},
): Promise<void> {
  if (form.value(left) === '') return;
  const here = (problem: Problem) => ({
    ...problem,
    field: renamed[problem.field] ?? problem.field,
  });
  try {
    const asked = JSON.stringify(fields());
    const review = await desk.review(kind, id, fields());
    if (asked !== JSON.stringify(fields())) return;
    const others = form.problems.filter((problem) => problem.field !== left);
    const found = review.problems
      .map(here)
      .filter((problem) => problem.field === left && !NOT_YET.has(problem.code));
    form.problems = [...others, ...found];
    form.warnings = [...review.doubts.map(here), ...review.warnings].filter(
      (problem) => problem.code !== 'possible_duplicate',
    );
  } catch {
    // The save says it again.
  }
}
