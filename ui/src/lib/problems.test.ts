import { expect, test } from 'vitest';

import { failureText, problemAt, problemText } from './problems';
import { failureOf, type Problem } from './ipc';

const problem = (
  field: string,
  code: Problem['code'],
  args: Record<string, string> = {},
): Problem => ({
  field,
  code,
  args,
});

test('counts are written as numbers, quotations as they came', () => {
  expect(
    problemText(
      problem('current_mileage', 'mileage_improbable', {
        last: '84120',
        above: '80000',
        found: '164120',
      }),
    ),
  ).toBe('80,000 more than last time (84,120). Save anyway?');
  expect(problemText(problem('vin', 'vin_check_digit', { expected: 'X', found: '5' }))).toContain(
    '5 stands where X should',
  );
});

test('a duplicate names who has it, when that is known', () => {
  expect(problemText(problem('email', 'unique', { title: 'Maria Lopez' }))).toMatch(
    /^Maria Lopez has/,
  );
  expect(problemText(problem('email', 'unique'))).toMatch(/^E-mail is taken/);
});

test('problems stand at their field', () => {
  const problems = [problem('first_name', 'required'), problem('year', 'not_a_number')];
  expect(problemAt(problems, 'first_name')).toBe('First name is needed.');
  expect(problemAt(problems, 'last_name')).toBeNull();
});

test('a failure without problems has words of its own', () => {
  expect(failureText(failureOf('disk_full'))).toMatch(/^The disk is full/);
});

test('right-to-left text in a sentence is kept apart from it', () => {
  const said = problemText(problem('email', 'unique', { title: 'דנה כהן' }));
  expect(said).toContain('\u2068דנה כהן\u2069');
});
