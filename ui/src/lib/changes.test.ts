// News and who loads again.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { changes, concerns } from './changes.svelte';
import type { Changed, ChangedRecord } from './ipc';

const of = (record: Partial<ChangedRecord>): ChangedRecord => ({
  kind: 'customer',
  id: 'c',
  of: [],
  is_from_elsewhere: false,
  ...record,
});
const news = (...records: Partial<ChangedRecord>[]): Changed => ({
  records: records.map(of),
  settings: false,
  everything: false,
});
const nothing = news();

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A screen that shows one customer, with the number of its loads. */
function screen(id = 'c') {
  let loads = 0;
  const stop = changes.on(
    () => ({ ids: [id] }),
    () => (loads += 1),
  );
  return { stop, count: () => loads };
}

test.each([
  ['the record itself', news({ id: 'c' }), true],
  ['a record of it', news({ kind: 'note', id: 'n', of: ['c'] }), true],
  ['another record', news({ id: 'd' }), false],
  ['a kind that is listed', news({ kind: 'employee', id: 'e' }), true],
  ['settings', { ...nothing, settings: true }, true],
  ['everything', { ...nothing, everything: true }, true],
  ['nothing', nothing, false],
])('%s', (_, changed, expected) => {
  expect(concerns(changed, { ids: ['c', null], kinds: ['employee'] })).toBe(expected);
});

test('an own save loads what shows it at once, and once', () => {
  const one = screen();
  const other = screen('d');
  changes.take(news({ id: 'c' }, { kind: 'note', id: 'n', of: ['c'] }));
  vi.advanceTimersByTime(5_000);
  expect([one.count(), other.count()]).toEqual([1, 0]);
  one.stop();
  other.stop();
});

test('what comes from elsewhere is gathered, and marked', () => {
  const one = screen();
  changes.take(news({ id: 'c', is_from_elsewhere: true }));
  changes.take(news({ kind: 'note', id: 'n', of: ['c'], is_from_elsewhere: true }));
  expect(one.count()).toBe(0);
  vi.advanceTimersByTime(100);
  expect(one.count()).toBe(1);
  expect(changes.isFromElsewhere('c')).toBe(true);
  expect(changes.isFromElsewhere('n')).toBe(true);
  vi.advanceTimersByTime(5_000);
  expect(changes.isFromElsewhere('c')).toBe(false);
  one.stop();
});

test('what was done here is no news from elsewhere', () => {
  changes.take(news({ id: 'own' }));
  vi.advanceTimersByTime(100);
  expect(changes.isFromElsewhere('own')).toBe(false);
});
