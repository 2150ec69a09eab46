import { describe, expect, test } from 'vitest';

import { byMileage, dated, TODAY } from '../test/alerts';
import {
  alertPath,
  ASKED,
  countsByDay,
  firstLines,
  groupsOf,
  nextDays,
  queryOf,
  snoozeProblem,
  titleParts,
  unchanged,
} from './alerts';

/** Day → ids, in German weeks, which end on Sunday. Today is a Friday. */
const grouped = (...lines: Parameters<typeof groupsOf>[0]) =>
  Object.fromEntries(
    groupsOf(lines, TODAY, 'de-DE').map(({ day, lines: of }) => [day, of.map(({ id }) => id)]),
  );

describe('the days of the list', () => {
  test('overdue, today, this week, later, and without a date, in this order', () => {
    const lines = [
      dated('late', -3),
      dated('now', 0),
      dated('sunday', 2),
      dated('monday', 3),
      byMileage('odometer', 'due_soon', 400),
    ];
    expect(groupsOf(lines, TODAY, 'de-DE').map(({ day }) => day)).toEqual([
      'overdue',
      'today',
      'week',
      'later',
      'undated',
    ]);
    expect(grouped(...lines)).toEqual({
      overdue: ['late'],
      today: ['now'],
      week: ['sunday'],
      later: ['monday'],
      undated: ['odometer'],
    });
  });

  test('this week ends where the country ends it', () => {
    const sunday = dated('sunday', 2);
    const dayIn = (tag: string) => groupsOf([sunday], TODAY, tag)[0]?.day;
    expect(dayIn('de-DE')).toBe('week');
    expect(dayIn('en-US')).toBe('later');
  });

  test('an odometer that is past what is due is overdue', () => {
    expect(grouped(byMileage('past', 'overdue', -50), byMileage('there', 'due', 0))).toEqual({
      overdue: ['past'],
      today: ['there'],
    });
  });

  test('within a day by kind, and most urgent first as they came', () => {
    const lines = [
      dated('paper', -9, { kind: 'insurance' }),
      dated('worst', -8),
      dated('note', -7, { kind: 'follow_up' }),
      dated('better', -2),
    ];
    expect(grouped(...lines)).toEqual({ overdue: ['worst', 'better', 'paper', 'note'] });
  });

  test('a day without lines is no day of the list', () => {
    expect(groupsOf([], TODAY, 'en-US')).toEqual([]);
  });
});

test('a part of the lines keeps their days', () => {
  const groups = groupsOf([dated('a', -2), dated('b', -1), dated('c', 0)], TODAY, 'en-US');
  expect(firstLines(groups, 1).map(({ lines }) => lines.map(({ id }) => id))).toEqual([['a']]);
  expect(firstLines(groups, 9)).toEqual(groups);
});

test('a line about which nothing changed stays the same object', () => {
  const before = [dated('a', 1), dated('b', 1)];
  const now = unchanged(before, [dated('a', 1), dated('b', 1, { state: 'seen' })]);
  expect(now[0]).toBe(before[0]);
  expect(now[1]).not.toBe(before[1]);
});

test('the question says what is asked for, and no more', () => {
  expect(queryOf(ASKED)).toEqual({ states: ['raised'], kinds: [], within_days: 30, limit: 500 });
  expect(queryOf({ state: 'scheduled', kind: 'warranty', within: 90 })).toMatchObject({
    states: ['scheduled'],
    kinds: ['warranty'],
    within_days: 90,
  });
});

test('a vehicle opens by itself, a paper or a note on its customer', () => {
  expect(alertPath(dated('1', 0))).toBe('/vehicles/vehicle-1');
  expect(alertPath(dated('1', 0, { record_kind: 'document' }))).toBe('/customers/customer-1');
  expect(alertPath(dated('1', 0, { record_kind: 'note', customer_id: null }))).toBeNull();
});

test('a plate stands apart from the rest of the title', () => {
  const line = { ...dated('1', 0, { title: 'B-XY 12 Golf' }), license_plate: 'B-XY 12' };
  expect(titleParts(line)).toEqual({ plate: 'B-XY 12', rest: 'Golf' });
  expect(titleParts({ ...line, license_plate: '' })).toEqual({ plate: '', rest: 'B-XY 12 Golf' });
});

test('one snoozes until a day that comes', () => {
  expect(snoozeProblem('', TODAY)).toBe('required');
  expect(snoozeProblem('Thursday', TODAY)).toBe('not_a_date');
  expect(snoozeProblem(TODAY, TODAY)).toBe('in_past');
  expect(snoozeProblem('2026-11-28', TODAY)).toBeNull();
  expect(nextDays(TODAY)).toHaveLength(7);
  expect(nextDays(TODAY)[0]).toBe('2026-11-28');
});

test('what a day has is counted by kind', () => {
  const counts = countsByDay([
    { date: TODAY, kind: 'warranty', count: 1 },
    { date: TODAY, kind: 'service', count: 3 },
    { date: '2026-12-01', kind: 'service', count: 0 },
  ]);
  expect(counts.get(TODAY)).toEqual({
    total: 4,
    kinds: [
      { kind: 'service', count: 3 },
      { kind: 'warranty', count: 1 },
    ],
  });
  expect(counts.has('2026-12-01')).toBe(false);
});
