// Stands in for lib/bindings.ts in `npm run dev`: the commands over a garage in memory. Rules
// are those that a screen needs to be seen with, no more.
import type * as B from '../src/lib/bindings';
import { makeSync, type Say } from './sync';
import { TODAY, addDays, dueStates, makeGarage, makePreferences, newId, type Garage } from './data';

type FailureCode = B.FailureView['code'];
type Fields = Record<string, B.Value>;

const options = new URLSearchParams(location.search);
const size = Number(options.get('n') ?? 400);
let garage: Garage = makeGarage(size);

const sync = makeSync(garage, (options.get('sync') ?? 'alone') as Say);

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: B.FailureView };
const ok = <T>(data: T): Promise<Answer<T>> =>
  Promise.resolve({ status: 'ok', data: structuredClone(data) });
const refuse = <T>(code: FailureCode, problems: B.Problem[] = []): Promise<Answer<T>> =>
  Promise.resolve({
    status: 'error',
    error: { code, problems, args: {}, step: null, records: [], more: 0 },
  });

const settings: B.Settings = {
  garage_name: size > 0 ? 'Burnside Auto' : '',
  country: options.get('country') ?? 'US',
  timezone: 'America/Los_Angeles',
  distance_unit: options.get('unit') ?? 'mi',
  currency: options.get('currency') ?? 'USD',
  soon_days: 30,
  soon_distance: 1000,
  language: options.get('lang') ?? 'en',
  theme: options.get('theme') ?? 'system',
  employee_id: size > 0 ? (garage.employees[0]?.id ?? null) : null,
};
if (size === 0) garage.employees = [];

const name = (one: B.Customer) => `${one.first_name} ${one.last_name}`;
const customer = (id: string | null) => garage.customers.find((one) => one.id === id);
const vehicle = (id: string) => garage.vehicles.find((one) => one.id === id);

function vehicleLine(one: B.Vehicle): B.VehicleLine {
  return { ...one, due: dueStates(one) };
}

function customerLine(one: B.Customer): B.CustomerLine {
  return {
    ...one,
    active_vehicles_count: garage.vehicles.filter(
      (car) => car.customer_id === one.id && car.is_active,
    ).length,
  };
}

function ownedLine(one: B.Vehicle): B.OwnedVehicleLine {
  const owner = customer(one.customer_id);
  return {
    vehicle: vehicleLine(one),
    owner: owner ? name(owner) : '',
    owner_phone: owner?.phone ?? '',
  };
}

const RANK: Record<string, number> = { overdue: 0, due: 1, due_soon: 2, ok: 3 };
const urgency = (one: B.Vehicle) =>
  Math.min(4, ...Object.values(dueStates(one)).map((due) => (due ? (RANK[due.state] ?? 4) : 4)));

const fold = (text: string) => text.toLowerCase().replace(/[\s\-().+]/g, '');

function customerHit(one: B.Customer): B.SearchHit {
  return {
    kind: 'customer',
    id: one.id,
    title: name(one),
    subtitle: [one.company_name, one.phone, one.email].filter(Boolean).join(' · '),
    license_plate: '',
    vin: '',
    is_active: one.is_active,
  };
}

function vehicleHit(one: B.Vehicle): B.SearchHit {
  const owner = customer(one.customer_id);
  return {
    kind: 'vehicle',
    id: one.id,
    title: `${one.make} ${one.model} ${one.year ?? ''}`,
    subtitle: owner ? name(owner) : '',
    license_plate: one.license_plate,
    vin: one.vin,
    is_active: one.is_active,
  };
}

function totals(services: B.ServiceLine[]): B.ServiceTotals {
  const spent = services.reduce((sum, one) => sum + Number(one.cost ?? 0), 0);
  return {
    count: services.length,
    spent: services.length > 0 ? { USD: spent.toFixed(2) } : {},
    last_at: services[0]?.performed_at ?? null,
  };
}

const undoStack: {
  step: string;
  action: B.Action;
  kind: B.EntityKind;
  id: string;
  title: string;
  fields: string[];
  before: Garage;
}[] = [];

const undone = (last: (typeof undoStack)[number]): B.Undone => ({
  ...last,
  did: 'changed',
  card: null,
  kept: [],
  is_redo: false,
  redo: null,
  is_of_discard: false,
});

function saved(
  action: B.Action,
  kind: B.EntityKind,
  id: string,
  title: string,
  fields: Fields,
  before: Garage,
): B.Saved {
  const step = newId();
  undoStack.push({ step, action, kind, id, title, fields: Object.keys(fields), before });
  const old =
    before.customers.find((one) => one.id === id) ?? before.vehicles.find((one) => one.id === id);
  garage.history.unshift({
    id: step,
    step,
    at: new Date().toISOString(),
    author: 'Ann Keller',
    action,
    kind,
    record_id: id,
    changes: Object.entries(fields).map(([field, to]) => ({
      field,
      to,
      from_title: null,
      to_title: null,
      from: ((old as unknown as Fields | undefined)?.[field] ?? null) as B.Value,
    })),
    is_undo: false,
    is_redo: false,
    is_undone: false,
  });
  return { id, step, warnings: [] };
}

const problem = (field: string, code: B.Code, args: Record<string, string> = {}): B.Problem => ({
  field,
  code,
  args,
});

function check(kind: B.EntityKind, fields: Fields, isNew: boolean): B.Problem[] {
  const problems: B.Problem[] = [];
  const text = (field: string) => String(fields[field] ?? '');
  const required: Partial<Record<B.EntityKind, string[]>> = {
    customer: ['first_name', 'last_name'],
    vehicle: ['make', 'model'],
    note: ['title', 'content'],
    service_record: ['service_type'],
    employee: ['name'],
  };
  for (const field of required[kind] ?? []) {
    if ((isNew || field in fields) && text(field) === '') problems.push(problem(field, 'required'));
  }
  if (text('email') && !/^\S+@\S+\.\S+$/.test(text('email')))
    problems.push(problem('email', 'not_an_email'));
  if (text('phone') && text('phone').replace(/\D/g, '').length < 7)
    problems.push(problem('phone', 'not_a_phone', { found: text('phone') }));
  if (kind === 'customer' && isNew && !text('phone') && !text('email'))
    problems.push(problem('non_field_errors', 'contact_missing'));
  if (kind === 'vehicle') {
    if (isNew && !text('license_plate') && !text('vin'))
      problems.push(problem('non_field_errors', 'plate_or_vin_missing'));
    if (text('vin') && text('vin').length !== 17)
      problems.push(problem('vin', 'vin_length', { found: String(text('vin').length) }));
    if (typeof fields.year === 'number' && fields.year > 2027)
      problems.push(problem('year', 'too_large', { max: '2027' }));
    if (typeof fields.year === 'string') problems.push(problem('year', 'not_a_number'));
  }
  for (const [field, value] of Object.entries(fields)) {
    if (field.endsWith('_date') && value && !/^\d{4}-\d\d-\d\d/.test(String(value)))
      problems.push(problem(field, 'not_a_date'));
  }
  return problems;
}

function normal(kind: B.EntityKind, fields: Fields): Fields {
  const out = { ...fields };
  for (const [field, value] of Object.entries(out)) {
    if (value === null && !/date|mileage|year|interval|time$|cost/.test(field)) out[field] = '';
    if (field === 'phone' && typeof value === 'string' && value && !value.startsWith('+'))
      out[field] = `+1${value.replace(/\D/g, '')}`;
  }
  return kind === 'vehicle' ? out : out;
}

const BLANK_VEHICLE = garage.vehicles[0];

function addCustomer(fields: Fields): B.Customer {
  const blank = Object.fromEntries(
    Object.keys(makeGarage(1).customers[0] ?? {}).map((key) => [key, '']),
  );
  const one = {
    ...blank,
    is_active: true,
    is_verified: false,
    is_business_customer: false,
    last_service_date: null,
    customer_since: new Date().toISOString(),
    country: 'United States',
    ...normal('customer', fields),
    id: newId(),
  } as unknown as B.Customer;
  garage.customers.unshift(one);
  return one;
}

function addVehicle(fields: Fields, owner: string): B.Vehicle {
  const one = {
    ...(BLANK_VEHICLE ?? makeGarage(1).vehicles[0]),
    vin: '',
    license_plate: '',
    color: '',
    fuel_type: '',
    transmission: '',
    engine_size: '',
    year: null,
    current_mileage: 0,
    next_service_due_date: null,
    next_service_due_mileage: null,
    service_interval_months: null,
    service_interval_distance: null,
    registration_expiry_date: null,
    insurance_expiry_date: null,
    warranty_expiry_date: null,
    is_under_warranty: false,
    is_active: true,
    insurance_company: '',
    last_service_date: null,
    last_service_mileage: null,
    ...normal('vehicle', fields),
    id: newId(),
    customer_id: owner,
  } as unknown as B.Vehicle;
  garage.vehicles.unshift(one);
  garage.owners.unshift({
    vehicle_id: one.id,
    customer_id: owner,
    name: name(customer(owner)!),
    from: new Date().toISOString(),
    until: null,
  });
  if (one.current_mileage) read(one, one.current_mileage, 'desk', false, '');
  return one;
}

function read(
  one: B.Vehicle,
  value: number,
  source: string,
  isCorrection: boolean,
  reason: string,
) {
  one.current_mileage = value;
  garage.readings.unshift({
    id: newId(),
    vehicle_id: one.id,
    value,
    read_at: new Date().toISOString(),
    source,
    is_correction: isCorrection,
    reason,
    is_improbable: false,
  });
}

function judge(
  one: B.Vehicle,
  value: number,
  correction: boolean,
  field: string,
): { code: FailureCode; problem: B.Problem } | null {
  if (value < one.current_mileage && !correction)
    return {
      code: 'invalid',
      problem: problem(field, 'mileage_below_last', {
        last: String(one.current_mileage),
        found: String(value),
      }),
    };
  if (value - one.current_mileage > 50_000)
    return {
      code: 'confirm',
      problem: problem(field, 'mileage_improbable', {
        last: String(one.current_mileage),
        above: String(value - one.current_mileage),
        found: String(value),
      }),
    };
  return null;
}

function titleOf(kind: B.EntityKind, id: string): string {
  const who = customer(id);
  const car = vehicle(id);
  if (who) return name(who);
  if (car) return `${car.license_plate} ${car.make}`;
  return garage.notes.find((note) => note.id === id)?.title ?? kind;
}

function sorted<T>(rows: T[], ordering: string): T[] {
  const key = ordering.replace(/^-/, '') as keyof T;
  const sign = ordering.startsWith('-') ? -1 : 1;
  return [...rows].sort(
    (a, b) =>
      sign * ((a[key] ?? '') > (b[key] ?? '') ? 1 : (a[key] ?? '') < (b[key] ?? '') ? -1 : 0),
  );
}

const draft = (key: string) => `draft ${key}`;
const same = (wanted: boolean | null | undefined, is: boolean) => wanted == null || wanted === is;

export const commands = {
  session: () =>
    ok<B.Session>({
      version: '0.1.0',
      data_dir: '/home/ann/.local/share/servease',
      is_demo: options.has('demo'),
      is_first_run: size === 0,
      settings,
      employees: garage.employees,
      system_language: 'en',
      today: TODAY,
      counts: { customers: garage.customers.length, vehicles: garage.vehicles.length },
    }),
  saveSettings: (changes: Record<string, string>) => {
    Object.assign(settings, changes);
    return ok(settings);
  },
  search: (text: string, limit: number) => {
    const words = text.split(/\s+/).map(fold).filter(Boolean);
    const hits: B.SearchHit[] = [];
    for (const one of garage.vehicles) {
      const owner = customer(one.customer_id);
      const all = fold(
        `${one.license_plate} ${one.vin} ${one.make} ${one.model} ${owner ? name(owner) : ''}`,
      );
      if (words.every((word) => all.includes(word))) hits.push(vehicleHit(one));
      if (hits.length >= limit) break;
    }
    const people = garage.customers.filter((one) => {
      const all = fold(`${name(one)} ${one.company_name} ${one.phone} ${one.email}`);
      return words.every((word) => all.includes(word));
    });
    return ok([...people.slice(0, limit / 2).map(customerHit), ...hits].slice(0, limit));
  },
  customerCard: (id: string) => {
    const one = customer(id);
    if (!one) return refuse<B.CustomerCard>('not_found');
    const services = garage.services
      .filter((line) => vehicle(line.vehicle_id)?.customer_id === id)
      .sort((a, b) => ((a.performed_at ?? '') < (b.performed_at ?? '') ? 1 : -1));
    if (!garage.preferences.has(id)) garage.preferences.set(id, makePreferences(id));
    return ok<B.CustomerCard>({
      customer: one,
      full_name: name(one),
      preferences: garage.preferences.get(id)!,
      vehicles: garage.vehicles
        .filter((car) => car.customer_id === id)
        .sort((a, b) => Number(b.is_active) - Number(a.is_active) || urgency(a) - urgency(b))
        .map(vehicleLine),
      notes: garage.notes
        .filter((note) => note.customer_id === id)
        .map(({ author, ...note }) => ({ note, author })),
      services,
      totals: totals(services),
    });
  },
  vehicleCard: (id: string) => {
    const one = vehicle(id);
    const owner = customer(one?.customer_id ?? null);
    if (!one || !owner) return refuse<B.VehicleCard>('not_found');
    const services = garage.services.filter((line) => line.vehicle_id === id);
    return ok<B.VehicleCard>({
      vehicle: one,
      owner: customerLine(owner),
      due: dueStates(one),
      vin_facts: one.vin
        ? { region: 'north_america', country: 'US', maker: 'Honda', years: [2003] }
        : null,
      services,
      totals: totals(services),
      readings: garage.readings.filter((line) => line.vehicle_id === id),
      owners: garage.owners.filter((line) => line.vehicle_id === id),
    });
  },
  customerList: (query: B.CustomerQuery, offset: number, limit: number) => {
    const needle = fold(query.search ?? '');
    const rows = garage.customers.filter(
      (one) =>
        same(query.is_active, one.is_active) &&
        same(query.is_verified, one.is_verified) &&
        same(query.is_business_customer, one.is_business_customer) &&
        (!query.state || one.state.toLowerCase() === query.state.toLowerCase()) &&
        fold(`${name(one)}${one.phone}${one.email}${one.company_name}`).includes(needle),
    );
    const all = sorted(rows, query.ordering || 'last_name');
    return ok<B.Window<B.CustomerLine>>({
      total: all.length,
      offset,
      rows: all.slice(offset, offset + limit).map(customerLine),
    });
  },
  vehicleList: (query: B.VehicleQuery, offset: number, limit: number) => {
    const needle = fold(query.search ?? '');
    const rows = garage.vehicles.filter(
      (one) =>
        same(query.is_active, one.is_active) &&
        same(query.is_under_warranty, one.is_under_warranty) &&
        (!query.fuel_type || one.fuel_type === query.fuel_type) &&
        (!query.make || one.make.toLowerCase() === query.make.toLowerCase()) &&
        fold(`${one.license_plate}${one.make}${one.model}${one.vin}`).includes(needle),
    );
    const all = sorted(rows, query.ordering || '-created_at');
    return ok<B.Window<B.OwnedVehicleLine>>({
      total: all.length,
      offset,
      rows: all.slice(offset, offset + limit).map(ownedLine),
    });
  },
  dueList: (_withinDays: number, limit: number) => {
    const all = garage.vehicles
      .filter((one) => one.is_active && urgency(one) < 3)
      .sort((a, b) => urgency(a) - urgency(b));
    return ok<B.Window<B.OwnedVehicleLine>>({
      total: all.length,
      offset: 0,
      rows: all.slice(0, limit).map(ownedLine),
    });
  },
  review: (kind: B.EntityKind, _id: string | null, fields: Fields) =>
    ok<B.Review>({ problems: check(kind, fields, true), warnings: [] }),
  createRecord: (kind: B.EntityKind, fields: Fields, _confirm: boolean) => {
    const problems = check(kind, fields, true);
    if (problems.length > 0) return refuse<B.Saved>('invalid', problems);
    const before = structuredClone(garage);
    const id = newId();
    if (kind === 'customer')
      return ok(saved('create', kind, addCustomer(fields).id, '', fields, before));
    if (kind === 'vehicle')
      return ok(
        saved(
          'create',
          kind,
          addVehicle(fields, String(fields.customer_id)).id,
          '',
          fields,
          before,
        ),
      );
    if (kind === 'employee')
      garage.employees.push({
        id,
        name: String(fields.name),
        role: String(fields.role ?? ''),
        is_active: true,
        created_at: '',
        updated_at: '',
      });
    if (kind === 'note') {
      garage.notes.unshift({
        id,
        customer_id: String(fields.customer_id),
        note_type: 'general',
        title: '',
        content: '',
        is_important: false,
        is_private: false,
        is_pinned: false,
        follow_up_date: null,
        created_by: null,
        created_at: new Date().toISOString(),
        updated_at: '',
        author: 'Ann Keller',
        ...(fields as object),
      } as Garage['notes'][number]);
    }
    if (kind === 'service_record') {
      const car = vehicle(String(fields.vehicle_id));
      garage.services.unshift({
        id,
        vehicle_id: String(fields.vehicle_id),
        vehicle: car?.license_plate ?? '',
        performed_at: String(fields.performed_at ?? new Date().toISOString()),
        mileage: typeof fields.mileage === 'number' ? fields.mileage : null,
        service_type: String(fields.service_type),
        description: String(fields.description ?? ''),
        cost: fields.cost == null ? null : String(fields.cost),
        currency: String(fields.currency ?? 'USD'),
        employee: 'Ann Keller',
      });
      if (car) car.next_service_due_date = addDays(TODAY, 365);
      if (car && typeof fields.mileage === 'number')
        read(car, fields.mileage, 'service', false, '');
    }
    return ok(
      saved(
        'create',
        kind,
        id,
        String(fields.title ?? fields.service_type ?? fields.name ?? ''),
        fields,
        before,
      ),
    );
  },
  editRecord: (kind: B.EntityKind, id: string, changes: Fields, _confirm: boolean) => {
    const problems = check(kind, changes, false);
    if (problems.length > 0) return refuse<B.Saved>('invalid', problems);
    const before = structuredClone(garage);
    const lists: Partial<Record<B.EntityKind, { id: string }[]>> = {
      customer: garage.customers,
      vehicle: garage.vehicles,
      note: garage.notes,
      service_record: garage.services,
      employee: garage.employees,
      preferences: [...garage.preferences.values()],
    };
    const record = lists[kind]?.find((one) => one.id === id);
    if (!record) return refuse<B.Saved>('not_found');
    Object.assign(record, normal(kind, changes));
    return ok(saved('update', kind, id, titleOf(kind, id), changes, before));
  },
  deleteRecord: (kind: B.EntityKind, id: string) => {
    const before = structuredClone(garage);
    const title = titleOf(kind, id);
    garage.customers = garage.customers.filter((one) => one.id !== id);
    garage.vehicles = garage.vehicles.filter((one) => one.id !== id && one.customer_id !== id);
    garage.notes = garage.notes.filter((one) => one.id !== id);
    garage.services = garage.services.filter((one) => one.id !== id);
    return ok(saved('delete', kind, id, title, {}, before));
  },
  updateMileage: (
    vehicleId: string,
    value: number,
    correction: boolean,
    reason: string,
    confirm: boolean,
  ) => {
    const one = vehicle(vehicleId);
    if (!one) return refuse<B.Saved>('not_found');
    if (correction && !reason)
      return refuse<B.Saved>('invalid', [problem('reason', 'reason_missing')]);
    const doubt = judge(one, value, correction, 'value');
    if (doubt && !(confirm && doubt.code === 'confirm'))
      return refuse<B.Saved>(doubt.code, [doubt.problem]);
    const before = structuredClone(garage);
    read(one, value, 'desk', correction, reason);
    return ok(
      saved(
        'update',
        'vehicle',
        vehicleId,
        titleOf('vehicle', vehicleId),
        { current_mileage: value },
        before,
      ),
    );
  },
  transferVehicle: (vehicleId: string, toCustomerId: string) => {
    const one = vehicle(vehicleId);
    const to = customer(toCustomerId);
    if (!one || !to) return refuse<B.Saved>('not_found');
    const before = structuredClone(garage);
    one.customer_id = to.id;
    const now = new Date().toISOString();
    for (const line of garage.owners)
      if (line.vehicle_id === vehicleId && line.until === null) line.until = now;
    garage.owners.unshift({
      vehicle_id: vehicleId,
      customer_id: to.id,
      name: name(to),
      from: now,
      until: null,
    });
    return ok(
      saved(
        'update',
        'vehicle',
        vehicleId,
        titleOf('vehicle', vehicleId),
        { customer_id: to.id },
        before,
      ),
    );
  },
  undo: () => {
    const last = undoStack.pop();
    if (!last) return refuse<B.Undone>('nothing_to_undo');
    garage = last.before;
    return ok(undone(last));
  },
  redo: () => refuse<B.Undone>('nothing_to_redo'),
  undoStep: (step: string) => {
    const at = undoStack.findIndex((one) => one.step === step);
    if (at < 0) return refuse<B.Undone>('superseded');
    const [last] = undoStack.splice(at, 1);
    garage = last!.before;
    return ok(undone(last!));
  },
  history: (_kind: B.EntityKind, id: string) => {
    const made: B.HistoryEntry = {
      id: `made-${id}`,
      step: 'x',
      at: '2024-01-09T17:02:00Z',
      author: 'Sam Whitfield',
      action: 'create',
      kind: _kind,
      record_id: id,
      changes: [
        { field: 'phone', from: null, to: '+15035550100', from_title: null, to_title: null },
        { field: 'city', from: null, to: 'Portland', from_title: null, to_title: null },
      ],
      is_undo: false,
      is_redo: false,
      is_undone: false,
    };
    return ok([...garage.history.filter((entry) => entry.record_id === id), made]);
  },
  likelyDuplicates: (likeness: B.Likeness, _excludeId: string | null) => {
    const found: B.LikelyDuplicate[] = [];
    const digits = (likeness.phone ?? '').replace(/\D/g, '');
    for (const one of garage.customers) {
      if (digits.length >= 7 && one.phone.endsWith(digits))
        found.push({ by: 'phone', hit: customerHit(one), customer_id: null });
      else if (
        likeness.last_name &&
        fold(one.last_name) === fold(likeness.last_name) &&
        fold(one.first_name) === fold(likeness.first_name ?? '')
      )
        found.push({ by: 'name', hit: customerHit(one), customer_id: null });
    }
    if (likeness.license_plate)
      for (const one of garage.vehicles)
        if (fold(one.license_plate) === fold(likeness.license_plate))
          found.push({ by: 'license_plate', hit: vehicleHit(one), customer_id: one.customer_id });
    return ok(found.slice(0, 6));
  },
  vinFacts: (text: string) =>
    ok<B.VinFacts | null>(
      text.length < 3
        ? null
        : {
            region: 'north_america',
            country: 'US',
            maker: 'Honda',
            years: text.length > 9 ? [2003] : [],
          },
    ),
  checkInCard: (vehicleId: string) => {
    const one = vehicle(vehicleId);
    const owner = customer(one?.customer_id ?? null);
    if (!one || !owner) return refuse<B.CheckInCard>('not_found');
    return ok<B.CheckInCard>({
      vehicle: one,
      owner: customerLine(owner),
      due: dueStates(one),
      important_notes: garage.notes
        .filter((note) => note.customer_id === owner.id && note.is_important)
        .map(({ author, ...note }) => ({ note, author })),
      last_reading: garage.readings.find((line) => line.vehicle_id === vehicleId) ?? null,
      last_service: garage.services.find((line) => line.vehicle_id === vehicleId) ?? null,
    });
  },
  checkInKnown: (vehicleId: string, mileage: number | null, confirm: boolean) => {
    const one = vehicle(vehicleId);
    if (!one) return refuse<B.Saved>('not_found');
    const doubt = mileage === null ? null : judge(one, mileage, false, 'current_mileage');
    if (doubt && !(confirm && doubt.code === 'confirm'))
      return refuse<B.Saved>(doubt.code, [doubt.problem]);
    const before = structuredClone(garage);
    if (mileage !== null) read(one, mileage, 'desk', false, '');
    return ok(
      saved(
        'update',
        'vehicle',
        vehicleId,
        titleOf('vehicle', vehicleId),
        { current_mileage: mileage },
        before,
      ),
    );
  },
  checkInNew: (checkIn: B.NewCheckIn) => {
    const problems = [
      ...(checkIn.customer_id ? [] : check('customer', checkIn.customer, true)),
      ...check('vehicle', checkIn.vehicle, true),
    ];
    if (problems.length > 0) return refuse<B.Saved>('invalid', problems);
    const before = structuredClone(garage);
    const owner = checkIn.customer_id ?? addCustomer(checkIn.customer).id;
    return ok(
      saved(
        'create',
        'vehicle',
        addVehicle(checkIn.vehicle, owner).id,
        'car',
        checkIn.vehicle,
        before,
      ),
    );
  },
  checkServer: (server: string) =>
    new Promise<Answer<string>>((resolve) =>
      setTimeout(() => {
        const known: Record<string, FailureCode> = {
          bad: 'not_an_address',
          down: 'unreachable',
          old: 'certificate_refused',
          web: 'not_central',
        };
        const code = Object.entries(known).find(([name]) => server.startsWith(name))?.[1];
        resolve(code ? refuse(code) : ok(server.includes('://') ? server : `https://${server}/`));
      }, 300),
    ),
  signIn: (server: string, email: string, password: string, moves: boolean) => {
    if (password === 'wrong') return refuse<B.Account>('wrong_credentials');
    if (server.includes('other') && !moves)
      return Promise.resolve<Answer<B.Account>>({
        status: 'error',
        error: {
          code: 'other_server',
          problems: [],
          args: { known: 'https://garage.example.com/' },
          step: null,
          records: [],
          more: 0,
        },
      });
    return ok(sync.signIn(server, email));
  },
  signOut: () => ok((sync.signOut(), null)),
  syncStatus: () => ok(sync.status()),
  syncNow: () => ok((sync.now(), null)),
  pauseSync: () => ok((sync.pause(), null)),
  waitingEdits: () => ok(sync.waiting()),
  retryEdit: (id: string) => ok((sync.settle((one) => one === id), null)),
  discardEdit: (id: string) => ok((sync.settle((one) => one === id), null)),
  undoDiscard: (_id: string) => refuse<B.Undone>('nothing_to_undo'),
  conflicts: () => ok(sync.conflicts()),
  resolveConflict: (id: string, _resolution: B.Resolution) => {
    sync.settle((one) => one === id);
    return ok<B.Saved>({ id, step: newId(), warnings: [] });
  },
  resolveConflictsOf: (record: string, _resolution: B.Resolution) => {
    sync.settle((_, of) => of === record);
    return ok<B.Saved>({ id: record, step: newId(), warnings: [] });
  },
  duplicates: () => ok(sync.duplicates()),
  mergeDuplicates: (keep: string, other: string) => {
    sync.settle((one) => one === keep || one === other);
    return ok<B.Saved>({ id: keep, step: newId(), warnings: [] });
  },
  keepApart: (id: string) => {
    sync.settle((one) => one === id);
    return ok<B.Saved>({ id, step: newId(), warnings: [] });
  },
  serviceTypes: () => ok(['Oil change', 'Inspection', 'Brakes', 'Tires', 'Battery', 'Air filter']),
  stats: () => refuse<B.Stats>('internal'),
  draftSave: (key: string, content: B.Value) => {
    localStorage.setItem(draft(key), JSON.stringify(content));
    return ok(null);
  },
  draftLoad: (key: string) =>
    ok<B.Value | null>(JSON.parse(localStorage.getItem(draft(key)) ?? 'null') as B.Value | null),
  draftClear: (key: string) => {
    localStorage.removeItem(draft(key));
    return ok(null);
  },
  ready: () => ok(null),
  reportError: (message: string) => {
    // eslint-disable-next-line no-console
    console.error(message);
    return ok(null);
  },
};

export const events = {
  changed: { listen: (_cb: unknown) => Promise.resolve(() => undefined) },
  syncChanged: {
    listen: (listener: (event: { payload: B.SyncChanged }) => void) =>
      Promise.resolve(sync.listen(listener)),
  },
};
