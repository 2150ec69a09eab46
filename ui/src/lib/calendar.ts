// The calendar's arithmetic: weeks that begin as the country's do, and where a key leads. Days
// are `YYYY-MM-DD`; pure.
import {
  endOfMonth,
  endOfWeek,
  getDayOfWeek,
  parseDate,
  startOfMonth,
  startOfWeek,
  type CalendarDate,
} from '@internationalized/date';

export type Span = 'month' | 'week';

const DAYS = 7;

/** As the settings call them. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The day of the week of a day. */
export const weekdayOf = (day: string): Weekday =>
  WEEKDAYS[getDayOfWeek(parseDate(day), 'en', 'mon')] ?? 'monday';

const between = (first: CalendarDate, last: CalendarDate): string[] => {
  const days: string[] = [];
  for (let day = first; day.compare(last) <= 0; day = day.add({ days: 1 })) {
    days.push(day.toString());
  }
  return days;
};

/** The whole weeks in which the month or the week of a day lies. */
export function weeksOf(day: string, span: Span, tag: string): string[][] {
  const date = parseDate(day);
  const first = startOfWeek(span === 'month' ? startOfMonth(date) : date, tag);
  const last = endOfWeek(span === 'month' ? endOfMonth(date) : date, tag);
  const days = between(first, last);
  return Array.from({ length: days.length / DAYS }, (_, week) =>
    days.slice(week * DAYS, (week + 1) * DAYS),
  );
}

/** The last day of the week of a day. */
export const weekEnd = (day: string, tag: string): string =>
  endOfWeek(parseDate(day), tag).toString();

export const addDays = (day: string, days: number): string =>
  parseDate(day).add({ days }).toString();

export const isSameMonth = (one: string, other: string): boolean =>
  one.slice(0, 7) === other.slice(0, 7);

/** The same day of the month or the week before or after. */
export const turn = (day: string, span: Span, step: 1 | -1): string =>
  parseDate(day)
    .add(span === 'month' ? { months: step } : { weeks: step })
    .toString();

/** Where a key leads from a day; null for one that leads nowhere. */
export function dayAfterKey(key: string, day: string, span: Span, tag: string): string | null {
  const date = parseDate(day);
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1);
    case 'ArrowRight':
      return addDays(day, 1);
    case 'ArrowUp':
      return addDays(day, -DAYS);
    case 'ArrowDown':
      return addDays(day, DAYS);
    case 'PageUp':
      return turn(day, span, -1);
    case 'PageDown':
      return turn(day, span, 1);
    case 'Home':
      return startOfWeek(date, tag).toString();
    case 'End':
      return endOfWeek(date, tag).toString();
    default:
      return null;
  }
}
