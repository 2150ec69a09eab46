// Alerts for tests, and a desk that answers them from memory.
import { vi } from 'vitest';

import { changes } from '../lib/changes.svelte';
import {
  desk,
  type AlertLine,
  type AlertPage,
  type AlertQuery,
  type Saved,
  type Settings,
} from '../lib/ipc';
import { session } from '../lib/session.svelte';

export const TODAY = '2026-11-27';

type State = 'overdue' | 'due' | 'due_soon' | 'ok';

/** An alert of a date so many days from today. */
export function dated(id: string, days: number, more: Partial<AlertLine> = {}): AlertLine {
  const date = new Date(Date.parse(`${TODAY}T00:00:00Z`) + days * 86_400_000);
  const state: State = days < 0 ? 'overdue' : days === 0 ? 'due' : days <= 30 ? 'due_soon' : 'ok';
  return {
    id,
    kind: 'service',
    record_kind: 'vehicle',
    record: `vehicle-${id}`,
    state: 'raised',
    due: { state, reason: { kind: 'date', date: date.toISOString().slice(0, 10), days } },
    until: null,
    title: `Car ${id}`,
    customer_id: `customer-${id}`,
    customer: `Owner ${id}`,
    phone: '+16145551000',
    vehicle: `Car ${id}`,
    license_plate: '',
    last_visit: '2026-01-05T10:00:00Z',
    ...more,
  };
}

/** One that only its odometer raises. */
export const byMileage = (id: string, state: State, remaining: number): AlertLine => ({
  ...dated(id, 0),
  due: { state, reason: { kind: 'mileage', mileage: 80_000, remaining } },
});

export const SAVED: Saved = { id: 'saved', step: 'step-1', warnings: [] };

/** The screens hear of a write, as from the shell. */
export const tellNews = () =>
  changes.take({
    records: [{ kind: 'alert', id: 'any', of: [], is_from_elsewhere: false }],
    settings: false,
    everything: false,
  });

/** A desk with these alerts: answered ones change, and the news is told. */
export function deskWith(lines: AlertLine[], total?: number) {
  let present = lines;
  const count = (state: string) => present.filter((line) => line.state === state).length;
  const page = vi.spyOn(desk, 'alertPage').mockImplementation(async (query: AlertQuery) => {
    const found = present.filter(
      (line) =>
        query.states.includes(line.state) &&
        (query.kinds.length === 0 || query.kinds.includes(line.kind)),
    );
    return {
      lines: found,
      total: total ?? found.length,
      raised: count('raised'),
      seen: count('seen'),
      snoozed: count('snoozed'),
    } satisfies AlertPage;
  });
  const give = (ids: string[], deed: string) => {
    const state = (deed === 'open' ? 'raised' : deed) as AlertLine['state'];
    present = present.map((line) => (ids.includes(line.id) ? { ...line, state } : line));
    tellNews();
    return SAVED;
  };
  const answers = vi
    .spyOn(desk, 'answerAlerts')
    .mockImplementation(async (ids, { deed }) => give(ids, deed));
  const calls = vi
    .spyOn(desk, 'noteCall')
    .mockImplementation(async (id, _text, { deed }) => give([id], deed));
  vi.spyOn(desk, 'draftLoad').mockResolvedValue(null);
  vi.spyOn(desk, 'draftSave').mockResolvedValue(null);
  vi.spyOn(desk, 'draftClear').mockResolvedValue(null);
  return { page, answers, calls };
}

/** Somebody sits at a garage in this country, on that day. */
export async function sitDown(settings: Partial<Settings> = {}): Promise<void> {
  vi.spyOn(desk, 'session').mockResolvedValue({
    version: '1',
    data_dir: '/data',
    is_demo: false,
    is_first_run: false,
    settings: { ...session.settings, language: 'en', ...settings },
    employees: [],
    system_language: 'en',
    today: TODAY,
    counts: { customers: 1, vehicles: 1 },
  });
  await session.load();
}
