// Alerts as the list shows them: which day's they are, in which order, and what is asked for.
import { addDays, weekEnd } from './calendar';
import type { AlertAnswer, AlertDay, AlertKind, AlertLine, AlertQuery, Snooze } from './ipc';
import { paths } from './routes';

/** In the order in which they stand within a day. */
export const ALERT_KINDS: readonly AlertKind[] = [
  'service',
  'registration',
  'insurance',
  'warranty',
  'document',
  'follow_up',
];

/** What the list is narrowed to; `open` is what speaks now. */
export const STATES = ['raised', 'seen', 'snoozed', 'scheduled', 'done'] as const;
export type ShownState = (typeof STATES)[number];

/** Nobody makes more calls in a day. */
export const LIMIT = 500;

/** How far ahead one may look. */
export const WITHIN_DAYS = [7, 14, 30, 90, 365] as const;

export interface Asked {
  state: ShownState;
  /** Blank: all. */
  kind: AlertKind | '';
  within: number;
}

export const ASKED: Asked = { state: 'raised', kind: '', within: 30 };

export const queryOf = ({ state, kind, within }: Asked): AlertQuery => ({
  states: [state],
  kinds: kind === '' ? [] : [kind],
  within_days: within,
  limit: LIMIT,
});

export type DayName = 'overdue' | 'today' | 'week' | 'later' | 'undated';

const DAYS: readonly DayName[] = ['overdue', 'today', 'week', 'later', 'undated'];

export interface Group {
  day: DayName;
  lines: AlertLine[];
}

/** Whose day an alert is. An odometer has no day until it shows what is due. */
export function dayName({ due }: AlertLine, today: string, tag: string): DayName {
  if (due?.state === 'overdue') return 'overdue';
  if (due?.state === 'due') return 'today';
  if (due?.reason.kind !== 'date') return 'undated';
  return due.reason.date <= weekEnd(today, tag) ? 'week' : 'later';
}

/** By day, by kind within; most urgent first in each, as they came. */
export function groupsOf(lines: readonly AlertLine[], today: string, tag: string): Group[] {
  const named = lines.map((line) => ({ line, day: dayName(line, today, tag) }));
  return DAYS.map((day) => ({
    day,
    lines: ALERT_KINDS.flatMap((kind) =>
      named.filter((one) => one.day === day && one.line.kind === kind).map(({ line }) => line),
    ),
  })).filter(({ lines: of }) => of.length > 0);
}

/** The first so many lines of the groups. */
export function firstLines<G extends { lines: AlertLine[] }>(
  groups: readonly G[],
  count: number,
): G[] {
  let left = count;
  return groups.flatMap((group) => {
    if (left <= 0) return [];
    const lines = group.lines.length > left ? group.lines.slice(0, left) : group.lines;
    left -= group.lines.length;
    return [{ ...group, lines }];
  });
}

/** The lines now, each as the very object that it was where nothing about it has changed: what is
    on the screen stays as it is. */
export function unchanged(before: readonly AlertLine[], now: readonly AlertLine[]): AlertLine[] {
  const known = new Map(before.map((line) => [line.id, line]));
  return now.map((line) => {
    const old = known.get(line.id);
    return old && JSON.stringify(old) === JSON.stringify(line) ? old : line;
  });
}

/** Where an alert is looked into: a paper and a note stand on their customer. */
export function alertPath(line: AlertLine): string | null {
  if (line.record_kind === 'vehicle') return paths.vehicle(line.record);
  return line.customer_id ? paths.customer(line.customer_id) : null;
}

/** The plate, and what else the title says, where the desk tells them apart. */
export function titleParts(line: AlertLine & { license_plate?: string }): {
  plate: string;
  rest: string;
} {
  const plate = line.license_plate ?? '';
  const isFirst = plate !== '' && line.title.startsWith(plate);
  return { plate, rest: isFirst ? line.title.slice(plate.length).trim() : line.title };
}

export const answer = (deed: AlertAnswer['deed']): AlertAnswer => ({ deed, snooze: null });

export const snoozed = (snooze: Snooze): AlertAnswer => ({ deed: 'snoozed', snooze });

/** The days to which one puts something off: the next seven. */
export const nextDays = (today: string): string[] =>
  Array.from({ length: 7 }, (_, index) => addDays(today, index + 1));

/** What is wrong with a day until which an alert is to be silent. */
export function snoozeProblem(
  date: unknown,
  today: string,
): 'required' | 'not_a_date' | 'in_past' | null {
  if (date === undefined || date === null || date === '') return 'required';
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return 'not_a_date';
  return date <= today ? 'in_past' : null;
}

export interface DayCount {
  total: number;
  kinds: { kind: AlertKind; count: number }[];
}

/** What each day has, by kind. */
export function countsByDay(days: readonly AlertDay[]): Map<string, DayCount> {
  const found = new Map<string, DayCount>();
  for (const kind of ALERT_KINDS) {
    for (const { date, count } of days.filter((day) => day.kind === kind && day.count > 0)) {
      const day = found.get(date) ?? { total: 0, kinds: [] };
      found.set(date, {
        total: day.total + count,
        kinds: [...day.kinds, { kind, count }],
      });
    }
  }
  return found;
}
