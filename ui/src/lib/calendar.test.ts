import { describe, expect, test } from 'vitest';

import { dayAfterKey, isSameMonth, turn, weekdayOf, weekEnd, weeksOf } from './calendar';

const FRIDAY = '2026-11-27';

describe('weeks', () => {
  test.each([
    ['de-DE', '2026-11-23', 'monday'],
    ['en-US', '2026-11-22', 'sunday'],
    ['ar-EG', '2026-11-21', 'saturday'],
  ])('begin in %s as that country says', (tag, first, weekday) => {
    const week = weeksOf(FRIDAY, 'week', tag)[0] ?? [];
    expect(week[0]).toBe(first);
    expect(week).toHaveLength(7);
    expect(weekdayOf(first)).toBe(weekday);
  });

  test('of a month are whole, from its first day to its last', () => {
    const weeks = weeksOf(FRIDAY, 'month', 'de-DE');
    expect(weeks).toHaveLength(6);
    expect(weeks[0]?.[0]).toBe('2026-10-26');
    expect(weeks.at(-1)?.at(-1)).toBe('2026-12-06');
    expect(weeksOf('2026-02-10', 'month', 'en-US').flat()).toHaveLength(28);
  });

  test('end on their last day', () => {
    expect(weekEnd(FRIDAY, 'de-DE')).toBe('2026-11-29');
    expect(weekEnd(FRIDAY, 'en-US')).toBe('2026-11-28');
  });
});

describe('keys', () => {
  test.each([
    ['ArrowLeft', '2026-11-26'],
    ['ArrowRight', '2026-11-28'],
    ['ArrowUp', '2026-11-20'],
    ['ArrowDown', '2026-12-04'],
    ['PageUp', '2026-10-27'],
    ['PageDown', '2026-12-27'],
    ['Home', '2026-11-23'],
    ['End', '2026-11-29'],
  ])('%s leads to %s', (key, day) => {
    expect(dayAfterKey(key, FRIDAY, 'month', 'de-DE')).toBe(day);
  });

  test('in a week a page is a week', () => {
    expect(dayAfterKey('PageDown', FRIDAY, 'week', 'de-DE')).toBe('2026-12-04');
  });

  test('others lead nowhere', () => {
    expect(dayAfterKey('x', FRIDAY, 'month', 'de-DE')).toBeNull();
  });

  test('a month that is shorter ends on its last day', () => {
    expect(turn('2026-01-31', 'month', 1)).toBe('2026-02-28');
    expect(isSameMonth('2026-01-31', '2026-02-01')).toBe(false);
  });
});
