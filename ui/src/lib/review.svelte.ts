// What the desk thinks of a form so far. Only what was typed is judged: a field that is still
// blank is not wrong yet.
import type { Form } from './form.svelte';
import { desk, type EntityKind } from './ipc';

const NOT_YET = new Set(['required', 'contact_missing', 'plate_or_vin_missing', 'unique']);

/** Asks about the form when a field is left, and puts the answer beside the fields. */
export async function reviewForm(form: Form, kind: EntityKind, left: string): Promise<void> {
  if (form.value(left) === '') return;
  try {
    const asked = JSON.stringify(form.fields());
    const review = await desk.review(kind, null, form.fields());
    if (asked !== JSON.stringify(form.fields())) return;
    const others = form.problems.filter((problem) => problem.field !== left);
    form.problems = [
      ...others,
      ...review.problems.filter((problem) => problem.field === left && !NOT_YET.has(problem.code)),
    ];
    form.warnings = review.warnings.filter((problem) => problem.code !== 'possible_duplicate');
  } catch {
    // The save says it again.
  }
}
