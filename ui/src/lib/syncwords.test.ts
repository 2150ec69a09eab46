import { describe, expect, test } from 'vitest';

import type { ConflictView, SyncStatus, WaitingEdit } from './ipc';
import {
  agoText,
  conflictField,
  editText,
  leftText,
  needsSignIn,
  progressText,
  recordText,
  refusalText,
  shareOf,
  statusWords,
  valueText,
} from './syncwords';

const locale = { tag: 'en-US', timeZone: 'America/New_York', distanceUnit: 'mi' };
const NOW = Date.parse('2026-11-25T12:00:00Z');

function status(over: Partial<SyncStatus> = {}): SyncStatus {
  return {
    state: 'synced',
    account: {
      server: 'https://garage.example/',
      email: 'ann@example.com',
      name: 'Ann',
      is_signed_in: true,
      is_in_keyring: true,
      is_open_line: false,
    },
    waiting: 0,
    rejected: 0,
    open_conflicts: 0,
    duplicates: 0,
    cursor: 1,
    set_aside: 0,
    last_success: '2026-11-25T11:58:00Z',
    trouble: null,
    progress: null,
    remaining_s: null,
    files: { waiting: 0, waiting_bytes: 0, refused: 0, pace: 'idle' },
    file: null,
    ...over,
  };
}

const failure = (code: NonNullable<SyncStatus['trouble']>['code']) => ({
  code,
  problems: [],
  args: {},
  step: null,
  records: [],
  more: 0,
});
const say = (over: Partial<SyncStatus>, open = 0) =>
  statusWords(status(over), open, locale, NOW).text;

describe('the status line says what is known', () => {
  test.each([
    [{}, 'Synced 2 min ago'],
    [{ last_success: '2026-11-25T11:59:40Z' }, 'Synced just now'],
    [{ last_success: '2026-11-25T09:00:00Z' }, 'Synced 3 h ago'],
    [{ state: 'alone' as const, account: null }, 'On this PC only'],
    [
      { state: 'offline' as const, waiting: 3, trouble: failure('unreachable') },
      'Offline, 3 changes waiting',
    ],
    [
      { state: 'offline' as const, waiting: 1, trouble: failure('unreachable') },
      'Offline, 1 change waiting',
    ],
    [{ state: 'offline' as const, trouble: failure('unreachable') }, 'Offline'],
    [
      { state: 'working' as const, progress: { what: 'pulling' as const, left: 12 } },
      'Working… 12 left',
    ],
    [
      {
        state: 'working' as const,
        progress: { what: 'file' as const, stage: 'fetching' as const, done: 42, total: 100 },
      },
      'Working… 42%',
    ],
    [{ state: 'paused' as const }, 'Paused'],
  ])('%o: %s', (over, text) => expect(say(over)).toBe(text));

  test('an edit of this moment is not called offline', () => {
    expect(say({ state: 'offline', waiting: 1 })).toBe('1 change waiting');
  });

  test('what needs somebody is counted', () => {
    expect(say({ state: 'needs_attention', open_conflicts: 2, duplicates: 1 }, 3)).toBe(
      'Needs attention: 3',
    );
  });

  test('an outage is told beside what needs somebody', () => {
    expect(say({ state: 'needs_attention', waiting: 1, trouble: failure('unreachable') }, 3)).toBe(
      'Offline, 1 change waiting · 3 to decide',
    );
  });

  test('an expired session asks for a sign-in, and counts what waits', () => {
    const expired = { state: 'needs_attention' as const, trouble: failure('signed_out') };
    expect(needsSignIn(status(expired))).toBe(true);
    expect(say({ ...expired, waiting: 2 })).toBe('Sign in again, 2 changes waiting');
  });

  test('a clock that was set back makes nothing happen in the future', () => {
    expect(agoText(locale, '2027-01-01T00:00:00Z', NOW)).toBe('Synced just now');
  });
});

describe('a run that goes on', () => {
  const file = (over: object) => ({
    what: 'file' as const,
    stage: 'fetching' as const,
    done: 12_400_000,
    total: 40_000_000,
    ...over,
  });

  test('says what it does and how far it is', () => {
    expect(progressText(file({}), locale)).toBe(
      'The company’s data comes over the line: 12.4 MB of 40.0 MB',
    );
    expect(progressText(file({ stage: 'indexing', done: 1_000, total: 9_000 }), locale)).toBe(
      'Making it searchable: 1,000 of 9,000',
    );
    expect(progressText({ what: 'pushing', done: 1_200, total: 50_983 }, locale)).toBe(
      'Sending changes: 1,200 of 50,983',
    );
    expect(progressText({ what: 'pulling', left: 1_200 }, locale)).toBe(
      'Bringing this desk up to date: 1,200 left',
    );
  });

  test('fills a bar only where somebody knows how much there is', () => {
    expect(shareOf(file({}))).toBeCloseTo(0.31);
    expect(shareOf({ what: 'pushing', done: 30, total: 120 })).toBe(0.25);
    expect(shareOf({ what: 'pulling', left: 7 })).toBeNull();
    expect(shareOf(file({ total: 0 }))).toBeNull();
  });

  test('says how long it still takes', () => {
    expect(leftText(null)).toBe('');
    expect(leftText(20)).toBe('less than a minute left');
    expect(leftText(130)).toBe('about 2 minutes left');
  });
});

const edit = (over: Partial<WaitingEdit>): WaitingEdit => ({
  id: '1',
  kind: 'customer',
  record_id: '2',
  title: 'Ada Byron',
  card: { kind: 'customer', id: '2', title: 'Ada Byron' },
  action: 'update',
  fields: ['email', 'city'],
  at: '2026-11-25T11:00:00Z',
  author: 'Ann',
  reason: 'rejected',
  errors: [],
  ...over,
});

describe('what waits is told in words', () => {
  test('by the names of its fields', () => {
    expect(editText(edit({}))).toBe('E-mail, City');
    expect(editText(edit({ action: 'create' }))).toBe('new');
  });

  test('a refusal says what is wrong, and nothing that it does not know', () => {
    expect(refusalText('customer', { field: 'email', code: 'not_an_email' })).toContain(
      'name@example.com',
    );
    expect(refusalText('customer', { field: 'first_name', code: 'too_long' })).toContain('100');
    expect(refusalText('vehicle', { field: 'year', code: 'too_large' })).toBe('Year was refused.');
    expect(refusalText('vehicle', { field: 'wings', code: 'of_tomorrow' })).toBe(
      'Vehicle was refused.',
    );
  });

  test('a note names its customer', () => {
    const card = { kind: 'customer' as const, id: '2', title: 'Ada Byron' };
    expect(recordText({ kind: 'note', title: 'Calls back', card })).toBe('Calls back, Ada Byron');
    expect(recordText({ kind: 'preferences', title: '', card })).toBe('Preferences, Ada Byron');
    expect(recordText(edit({}))).toBe('Ada Byron');
  });
});

describe('what belongs together', () => {
  test('is one thing with one name and one line', () => {
    expect(conflictField({ field: 'address' } as ConflictView)).toBe('Address');
    expect(conflictField({ field: 'city' } as ConflictView)).toBe('City');
    const address = { street_address: '1 Main St', apartment_unit: '', city: 'Troy' };
    expect(valueText('customer', 'address', address, locale)).toBe('1 Main St, Troy');
    expect(valueText('customer', 'address', { city: '' }, locale)).toBe('nothing');
  });
});

describe('values of a conflict', () => {
  const show = (kind: ConflictView['kind'], field: string, value: ConflictView['mine']) =>
    valueText(kind, field, value, locale);

  test('are shown as their screens show them', () => {
    expect(show('customer', 'phone', '+16145550111')).toBe('(614) 555-0111');
    expect(show('vehicle', 'current_mileage', 42_000)).toBe('42,000 mi');
    expect(show('customer', 'is_active', false)).toBe('No');
    expect(show('customer', 'city', '')).toBe('nothing');
  });

  test('a deletion against an edit is a choice of two', () => {
    expect(show('customer', 'deleted', true)).toBe('Deleted');
    expect(show('customer', 'deleted', false)).toContain('Kept');
  });
});
