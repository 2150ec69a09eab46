// The server of the fake desk: what it says is chosen in the address (`?sync=offline`), and what
// is decided is gone.
import type * as B from '../src/lib/bindings';
import { newId, type Garage } from './data';

export type Say = 'alone' | 'synced' | 'offline' | 'working' | 'first' | 'attention' | 'expired';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const account: B.Account = {
  server: 'https://garage.example.com/',
  email: 'ann@burnside.example',
  name: 'Ann Keller',
  is_signed_in: true,
  is_in_keyring: false,
};

const failure = (code: B.FailureView['code']): B.FailureView => ({
  code,
  problems: [],
  args: {},
  step: null,
  records: [],
  more: 0,
});

export function makeSync(garage: Garage, say: Say) {
  const [one, two, three] = garage.customers;
  const [car] = garage.vehicles;
  const isBusy = say === 'attention';
  const card = (of: B.Customer | undefined): B.CardOf | null =>
    of ? { kind: 'customer', id: of.id, title: `${of.first_name} ${of.last_name}` } : null;

  let conflicts: B.ConflictView[] = [];
  let duplicates: B.DuplicateView[] = [];
  let waiting: B.WaitingEdit[] = [];

  if (isBusy && one && car && two && three) {
    const conflict = (
      field: string,
      mine: B.Value,
      theirs: B.Value,
      of: { kind: B.EntityKind; id: string; title: string; card: B.CardOf | null },
    ): B.ConflictView => ({
      id: newId(),
      kind: of.kind,
      record_id: of.id,
      title: of.title,
      card: of.card,
      customer_id: null,
      field,
      mine,
      theirs,
      mine_title: null,
      theirs_title: null,
      mine_by: 'Ann Keller',
      theirs_by: 'Sam Whitfield',
      mine_at: ago(95),
      theirs_at: ago(52),
      is_mine_in_use: field === 'city',
    });
    const ofOne = {
      kind: 'customer' as const,
      id: one.id,
      title: `${one.first_name} ${one.last_name}`,
      card: card(one),
    };
    const ofCar = {
      kind: 'vehicle' as const,
      id: car.id,
      title: `${car.license_plate} ${car.make} ${car.model}`,
      card: {
        kind: 'vehicle' as const,
        id: car.id,
        title: `${car.license_plate} ${car.make} ${car.model}`,
      },
    };
    conflicts = [
      conflict('phone', one.phone, '+15035550188', ofOne),
      conflict('city', 'Portland', 'Beaverton', ofOne),
      conflict('color', 'midnight blue', 'blue', ofCar),
    ];
    duplicates = [
      {
        kind: 'customer',
        id: two.id,
        title: `${two.first_name} ${two.last_name}`,
        duplicate_id: three.id,
        duplicate_title: `${two.first_name.slice(0, 1)}. ${two.last_name}`,
        fields: ['email'],
        differences: [
          { field: 'first_name', one: two.first_name, other: two.first_name.slice(0, 1) + '.' },
          { field: 'phone', one: two.phone, other: '' },
          { field: 'company_name', one: '', other: 'Riverside Deliveries' },
          { field: 'customer_since', one: ago(500_000), other: ago(60) },
        ],
      },
    ];
    waiting = [
      {
        id: newId(),
        kind: 'vehicle',
        record_id: car.id,
        title: ofCar.title,
        card: ofCar.card,
        action: 'update',
        fields: ['year', 'color'],
        at: ago(30),
        author: 'Ann Keller',
        reason: 'rejected',
        errors: [{ field: 'year', code: 'too_large' }],
      },
    ];
  }
  if (say === 'offline' || isBusy) {
    garage.customers.slice(4, 7).forEach((of, index) => {
      waiting.push({
        id: newId(),
        kind: 'customer',
        record_id: of.id,
        title: `${of.first_name} ${of.last_name}`,
        card: card(of),
        action: index === 2 ? 'create' : 'update',
        fields: index === 2 ? [] : ['phone', 'email'],
        at: ago(12 - index),
        author: 'Ann Keller',
        reason: 'not_sent',
        errors: [],
      });
    });
  }

  let current: Say = say;
  const listeners: ((event: { payload: B.SyncChanged }) => void)[] = [];
  let rows = 41_000;
  let left = 312;

  function status(): B.SyncStatus {
    const rejected = waiting.filter(({ reason }) => reason === 'rejected').length;
    const states: Record<Say, B.SyncState> = {
      alone: 'alone',
      synced: 'synced',
      offline: 'offline',
      working: 'working',
      first: 'working',
      attention: 'needs_attention',
      expired: 'needs_attention',
    };
    const isDecided = conflicts.length + duplicates.length + rejected === 0;
    return {
      state: current === 'attention' && isDecided ? 'synced' : states[current],
      account: current === 'alone' ? null : account,
      waiting: waiting.length,
      rejected,
      open_conflicts: conflicts.length,
      duplicates: duplicates.length,
      cursor: 4_711,
      set_aside: 0,
      last_success: current === 'first' ? null : ago(current === 'offline' ? 34 : 2),
      trouble:
        current === 'offline'
          ? failure('unreachable')
          : current === 'expired'
            ? failure('signed_out')
            : null,
      progress:
        current === 'working'
          ? { what: 'pulling', left }
          : current === 'first'
            ? { what: 'file', stage: 'fetching', done: rows * 200, total: 36_000_000 }
            : null,
      remaining_s: current === 'first' ? Math.round((180_000 - rows) / 3_600) : null,
    };
  }

  const tell = () => {
    const payload = { status: status() };
    for (const listener of listeners) listener({ payload });
  };
  const later = () => setTimeout(tell, 30);

  setInterval(() => {
    if (current !== 'working' && current !== 'first') return;
    left = Math.max(0, left - 3);
    rows = Math.min(180_000, rows + 900);
    tell();
  }, 250);

  return {
    status,
    listen: (listener: (event: { payload: B.SyncChanged }) => void) => listeners.push(listener),
    conflicts: () => conflicts,
    duplicates: () => duplicates,
    waiting: () => waiting,
    signIn: (server: string, email: string) => {
      Object.assign(account, { server, email });
      current = 'synced';
      later();
      return account;
    },
    signOut: () => {
      account.is_signed_in = false;
      current = 'expired';
      later();
    },
    now: () => {
      current = 'synced';
      later();
    },
    pause: () => {
      current = 'offline';
      later();
    },
    settle: (gone: (id: string, record: string) => boolean) => {
      conflicts = conflicts.filter(({ id, record_id }) => !gone(id, record_id));
      duplicates = duplicates.filter(({ duplicate_id, id }) => !gone(duplicate_id, id));
      waiting = waiting.filter(({ id, record_id }) => !gone(id, record_id));
      later();
    },
  };
}
