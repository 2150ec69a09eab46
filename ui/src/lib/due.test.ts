import { describe, expect, test } from 'vitest';

import { dueMark, dueReason, dueWords, expiryWords, pressing } from './due';
import type { Locale } from './format';
import type { Due } from './ipc';

const us: Locale = { tag: 'en-US', timeZone: 'America/New_York', distanceUnit: 'mi' };

const byDate = (state: Due['state'], days: number): Due => ({
  state,
  reason: { kind: 'date', date: '2026-03-01', days },
});
const byMileage = (state: Due['state'], remaining: number): Due => ({
  state,
  reason: { kind: 'mileage', mileage: 90_000, remaining },
});

describe('due states are words', () => {
  test.each([
    [byDate('overdue', -12), 'Overdue 12 days'],
    [byDate('overdue', -1), 'Overdue 1 day'],
    [byDate('due', 0), 'Due today'],
    [byDate('due_soon', 1), 'Due tomorrow'],
    [byDate('due_soon', 5), 'Due in 5 days'],
    [byDate('ok', 90), 'OK until March 2026'],
    [byMileage('overdue', -340), 'Overdue 340 mi'],
    [byMileage('due', 0), 'Due now'],
    [byMileage('due_soon', 800), 'Due in 800 mi'],
    [byMileage('ok', 4_200), 'OK for 4,200 mi'],
  ])('%o', (due, words) => expect(dueWords(due, us)).toBe(words));

  test('a paper runs out', () => {
    expect(expiryWords(byDate('overdue', -3), us)).toBe('Expired 3 days ago');
    expect(expiryWords(byDate('due_soon', 1), us)).toBe('Expires tomorrow');
    expect(expiryWords(byDate('ok', 200), us)).toBe('Valid until March 2026');
  });

  test('the reason names the date or the reading', () => {
    expect(dueReason(byDate('ok', 3), us)).toBe('by date: Mar 1, 2026');
    expect(dueReason(byMileage('ok', 3), us)).toBe('by odometer: at 90,000 mi');
  });
});

test('red only for overdue, amber for soon, nothing for fine', () => {
  expect(dueMark(byDate('overdue', -1)).tone).toBe('overdue');
  expect(dueMark(byDate('due', 0)).tone).toBe('soon');
  expect(dueMark(byDate('due_soon', 9)).tone).toBe('soon');
  expect(dueMark(byDate('ok', 99))).toEqual({ tone: 'fine', shape: 'none' });
  const shapes = (['overdue', 'due', 'due_soon'] as const).map(
    (state) => dueMark(byDate(state, 0)).shape,
  );
  expect(new Set(shapes).size).toBe(3);
});

test('what presses comes most urgent first', () => {
  const states = {
    service: byDate('due_soon', 3),
    registration: byDate('overdue', -2),
    insurance: byDate('ok', 100),
    warranty: null,
  };
  expect(pressing(states).map(({ kind }) => kind)).toEqual(['registration', 'service']);
});
