// Problems and failures in words. The codes come from the desk, the words from the locale files.
import { fieldName, t, type Args } from './i18n.svelte';
import { asFailure, type Failure, type Problem } from './ipc';

/** Arguments that are counts and are written as the country writes numbers; all others are
    quoted as they came (a VIN's character may be a digit). */
const NUMBERS = new Set(['max', 'min', 'last', 'above']);

function argsOf(problem: Problem): Args {
  const args: Args = { label: fieldName(problem.field), title: 'none' };
  for (const [name, value] of Object.entries(problem.args)) {
    args[name] = NUMBERS.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return args;
}

export function problemText(problem: Problem): string {
  return t(`problem-${problem.code.replaceAll('_', '-')}`, argsOf(problem));
}

export function failureText(failure: Failure): string {
  const [first] = failure.problems;
  if (first && (failure.code === 'invalid' || failure.code === 'confirm')) {
    return failure.problems.map(problemText).join(' ');
  }
  return t(`failure-${failure.code.replaceAll('_', '-')}`, failure.args);
}

export const thrownText = (thrown: unknown): string => failureText(asFailure(thrown));

/** What is said at one field, or nothing. */
export function problemAt(problems: readonly Problem[], field: string): string | null {
  const here = problems.filter((problem) => problem.field === field);
  return here.length > 0 ? here.map(problemText).join(' ') : null;
}

/** Problems of a whole record stand at the field where somebody would mend them. */
const MENDED_AT: Partial<Record<Problem['code'], string>> = {
  contact_missing: 'phone',
  plate_or_vin_missing: 'license_plate',
};

export const atItsField = (problems: readonly Problem[]): Problem[] =>
  problems.map((problem) => {
    const field = MENDED_AT[problem.code];
    return field ? { ...problem, field } : problem;
  });
