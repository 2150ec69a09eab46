// A garage in memory: enough of it to look real, made from a seed so that pictures repeat.
import type {
  Customer,
  Due,
  DueStates,
  Employee,
  HistoryEntry,
  Note,
  OwnerLine,
  Preferences,
  ReadingLine,
  ServiceLine,
  Vehicle,
} from '../src/lib/bindings';

export const TODAY = '2026-03-12';
const NOW = `${TODAY}T14:20:00Z`;

let seed = 7;
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const between = (low: number, high: number): number => low + Math.floor(random() * (high - low));

let counter = 0;
export function newId(): string {
  counter += 1;
  return `0195a000-0000-7000-8000-${counter.toString(16).padStart(12, '0')}`;
}

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

const FIRST =
  'Maria James Aiko Robert Linda Omar Grace Daniel Sofia Peter Hannah Luis Emma Viktor Chloe Samuel Nina Thomas Priya George'.split(
    ' ',
  );
const LAST =
  'Lopez Miller Tanaka Johnson Weber Haddad Park Novak Rossi Schmidt Nguyen Brown O’Brien Kowalski Martin Larsen Singh Davis Moreau Fischer'.split(
    ' ',
  );
const CITIES: [string, string, string][] = [
  ['Portland', 'Oregon', '97205'],
  ['Beaverton', 'Oregon', '97005'],
  ['Gresham', 'Oregon', '97030'],
  ['Vancouver', 'Washington', '98660'],
  ['Salem', 'Oregon', '97301'],
];
const CARS: [string, string[]][] = [
  ['Toyota', ['Corolla', 'Camry', 'RAV4', 'Tacoma']],
  ['Honda', ['Civic', 'CR-V', 'Accord']],
  ['Ford', ['F-150', 'Focus', 'Transit']],
  ['Subaru', ['Outback', 'Forester']],
  ['Volkswagen', ['Golf', 'Passat', 'ID.4']],
  ['BMW', ['320i', 'X3']],
  ['Tesla', ['Model 3', 'Model Y']],
  ['Mercedes-Benz', ['Sprinter', 'C 220']],
];
const COLOURS = 'White Black Silver Gray Red Blue Green Navy Beige'.split(' ');
const SERVICES: [string, string, string][] = [
  ['Oil change', '5W-30 synthetic, filter', '89.90'],
  ['Brakes', 'Front pads and discs', '412.00'],
  ['Inspection', '', '60.00'],
  ['Tires', 'Winter set mounted and balanced', '96.00'],
  ['Battery', '70 Ah AGM', '248.50'],
  ['Air filter', '', '34.00'],
];

function due(date: string | null, soon = 30): Due | null {
  if (!date) return null;
  const days = Math.round((Date.parse(date) - Date.parse(TODAY)) / 86_400_000);
  const state = days < 0 ? 'overdue' : days === 0 ? 'due' : days <= soon ? 'due_soon' : 'ok';
  return { state, reason: { kind: 'date', date, days } };
}

const ORDER = ['ok', 'due_soon', 'due', 'overdue'];

export function dueStates(vehicle: Vehicle): DueStates {
  let service = due(vehicle.next_service_due_date);
  if (vehicle.next_service_due_mileage !== null) {
    const remaining = vehicle.next_service_due_mileage - vehicle.current_mileage;
    const state = remaining < 0 ? 'overdue' : remaining <= 1_000 ? 'due_soon' : 'ok';
    const byMileage: Due = {
      state,
      reason: { kind: 'mileage', mileage: vehicle.next_service_due_mileage, remaining },
    };
    if (!service || ORDER.indexOf(state) > ORDER.indexOf(service.state)) service = byMileage;
  }
  return {
    service,
    registration: due(vehicle.registration_expiry_date),
    insurance: due(vehicle.insurance_expiry_date),
    warranty: vehicle.is_under_warranty ? due(vehicle.warranty_expiry_date) : null,
  };
}

const stamp = {
  merged_into: null,
  created_at: '2024-01-09T09:00:00Z',
  updated_at: NOW,
};

function makeCustomer(index: number): Customer {
  const first = pick(FIRST);
  const last = pick(LAST);
  const [city, state, zip] = pick(CITIES);
  const isBusiness = random() < 0.14;
  return {
    id: newId(),
    user_id: '',
    first_name: first,
    last_name: last,
    email:
      random() < 0.85 ? `${first}.${last}${index}@example.com`.toLowerCase().replace('’', '') : '',
    phone: `+1503555${String(between(0, 10_000)).padStart(4, '0')}`,
    phone_extension: '',
    secondary_phone: '',
    secondary_phone_extension: '',
    street_address: `${between(10, 9_900)} ${pick(['Oak', 'Pine', 'Burnside', 'Division', 'Lake'])} St`,
    apartment_unit: random() < 0.2 ? String(between(1, 40)) : '',
    city,
    state,
    zip_code: zip,
    country: 'United States',
    is_active: random() > 0.05,
    is_verified: random() < 0.6,
    customer_since: `${between(2015, 2026)}-0${between(1, 10)}-1${between(0, 9)}T16:00:00Z`,
    company_name: isBusiness
      ? `${last} ${pick(['Plumbing', 'Bakery', 'Logistics', 'Florists'])}`
      : '',
    business_tax_id: isBusiness ? `93-${between(1_000_000, 9_999_999)}` : '',
    is_business_customer: isBusiness,
    emergency_contact_name: random() < 0.3 ? `${pick(FIRST)} ${last}` : '',
    emergency_contact_phone: random() < 0.3 ? '+15035550188' : '',
    emergency_contact_phone_extension: '',
    emergency_contact_relationship: '',
    last_service_date: null,
    stated_last_service_date: null,
    ...stamp,
  };
}

const LETTERS = 'ABCDEFGHJKLMNPRSTVWXYZ';
const letter = () => LETTERS[between(0, LETTERS.length)] ?? 'A';

function makeVehicle(owner: string): Vehicle {
  const [make, models] = pick(CARS);
  const mileage = between(4_000, 160_000);
  const hasDue = random() < 0.7;
  return {
    id: newId(),
    customer_id: owner,
    make,
    model: pick(models),
    year: between(2006, 2027),
    color: pick(COLOURS),
    vin: `1HGCM82633A${String(between(0, 1_000_000)).padStart(6, '0')}`,
    license_plate: `${between(100, 999)} ${letter()}${letter()}${letter()}`,
    state_registered: 'Oregon',
    engine_size: pick(['1.8', '2.0', '2.5', '']),
    fuel_type: make === 'Tesla' ? 'electric' : pick(['gasoline', 'gasoline', 'diesel', 'hybrid']),
    transmission: pick(['automatic', 'manual']),
    current_mileage: mileage,
    purchase_date: random() < 0.5 ? '2019-06-02' : null,
    purchase_mileage: random() < 0.5 ? 12 : null,
    insurance_company: pick(['State Farm', 'Geico', 'Progressive', '']),
    insurance_policy_number: '',
    insurance_expiry_date: random() < 0.4 ? addDays(TODAY, between(-10, 300)) : null,
    registration_expiry_date: random() < 0.6 ? addDays(TODAY, between(-4, 700)) : null,
    is_active: random() > 0.06,
    is_under_warranty: random() < 0.2,
    warranty_expiry_date: random() < 0.2 ? addDays(TODAY, between(10, 900)) : null,
    last_service_date: '2025-08-20T15:00:00Z',
    last_service_mileage: mileage - 4_000,
    next_service_due_date: hasDue ? addDays(TODAY, between(-20, 400)) : null,
    next_service_due_mileage: hasDue && random() < 0.5 ? mileage + between(-600, 9_000) : null,
    service_interval_months: hasDue ? 12 : null,
    stated_last_service_date: null,
    stated_last_service_mileage: null,
    stated_next_service_due_date: null,
    next_service_due_date_stated_after: null,
    stated_next_service_due_mileage: null,
    next_service_due_mileage_stated_after: null,
    service_interval_distance: hasDue ? 10_000 : null,
    ...stamp,
  };
}

export interface Garage {
  customers: Customer[];
  vehicles: Vehicle[];
  preferences: Map<string, Preferences>;
  notes: (Note & { author: string })[];
  services: ServiceLine[];
  readings: (ReadingLine & { vehicle_id: string })[];
  owners: (OwnerLine & { vehicle_id: string })[];
  employees: Employee[];
  history: HistoryEntry[];
}

export function makePreferences(id: string): Preferences {
  return {
    id,
    customer_id: id,
    email_notifications: true,
    sms_notifications: true,
    push_notifications: true,
    phone_call_notifications: false,
    postal_mail_notifications: false,
    preferred_contact_method: 'phone',
    preferred_service_time: '08:30:00',
    preferred_service_day: 'friday',
    preferred_language: 'en',
    timezone: 'America/Los_Angeles',
    currency: 'USD',
    marketing_emails: false,
    promotional_sms: false,
    service_reminders: true,
    appointment_reminders: true,
    data_sharing_consent: false,
    analytics_consent: false,
    ...stamp,
  };
}

export function makeGarage(size: number): Garage {
  const garage: Garage = {
    customers: [],
    vehicles: [],
    preferences: new Map(),
    notes: [],
    services: [],
    readings: [],
    owners: [],
    employees: ['Ann Keller', 'Jorge Ruiz', 'Sam Whitfield'].map((name, index) => ({
      id: newId(),
      name,
      role: ['Front desk', 'Mechanic', 'Owner'][index] ?? '',
      is_active: true,
      ...stamp,
    })),
    history: [],
  };
  for (let index = 0; index < size; index += 1) {
    const customer = makeCustomer(index);
    garage.customers.push(customer);
    for (let count = index === 0 ? 3 : between(0, 3); count > 0; count -= 1) {
      garage.vehicles.push(makeVehicle(customer.id));
    }
  }
  const [first] = garage.customers;
  if (first) dress(garage, first);
  return garage;
}

/** The first customer has everything that a screen can show. */
function dress(garage: Garage, customer: Customer): void {
  Object.assign(customer, {
    first_name: 'Maria',
    last_name: 'Lopez',
    email: 'maria.lopez@example.com',
    phone: '+15035550142',
    company_name: 'Lopez Florists',
    is_business_customer: true,
    is_verified: true,
    is_active: true,
    emergency_contact_name: 'Diego Lopez',
    emergency_contact_phone: '+15035550199',
    emergency_contact_relationship: 'Brother',
  });
  const note = (title: string, content: string, rest: Partial<Note>) =>
    garage.notes.push({
      id: newId(),
      customer_id: customer.id,
      note_type: 'general',
      title,
      content,
      is_important: false,
      is_private: false,
      is_pinned: false,
      follow_up_date: null,
      created_by: garage.employees[0]?.id ?? null,
      created_at: '2026-02-20T10:00:00Z',
      updated_at: NOW,
      author: 'Ann Keller',
      ...rest,
    });
  note('Call before any work over $300', 'Wants a call on the mobile, not the shop phone.', {
    is_important: true,
    is_pinned: true,
    note_type: 'billing',
  });
  note('Loves the blue loaner', 'Ask whether it is free when she books.', {
    note_type: 'compliment',
    follow_up_date: '2026-04-02',
  });
  const cars = garage.vehicles.filter((vehicle) => vehicle.customer_id === customer.id);
  cars.forEach((car, index) => {
    Object.assign(
      car,
      [
        {
          make: 'Subaru',
          model: 'Outback',
          year: 2018,
          color: 'Green',
          license_plate: '482 LMX',
          next_service_due_date: addDays(TODAY, -12),
          next_service_due_mileage: null,
          current_mileage: 84_120,
          is_active: true,
          registration_expiry_date: addDays(TODAY, 9),
          insurance_expiry_date: addDays(TODAY, 280),
          is_under_warranty: false,
        },
        {
          make: 'Ford',
          model: 'Transit',
          year: 2021,
          color: 'White',
          license_plate: 'FLWR 1',
          current_mileage: 41_260,
          next_service_due_date: addDays(TODAY, 190),
          next_service_due_mileage: 42_060,
          is_active: true,
          registration_expiry_date: null,
          is_under_warranty: true,
          warranty_expiry_date: addDays(TODAY, 410),
          insurance_expiry_date: null,
        },
        {
          make: 'Honda',
          model: 'Civic',
          year: 2009,
          color: 'Silver',
          license_plate: '119 KDR',
          is_active: false,
          next_service_due_date: null,
          next_service_due_mileage: null,
          registration_expiry_date: null,
          insurance_expiry_date: null,
          is_under_warranty: false,
        },
      ][index] ?? {},
    );
    for (let back = 0; back < 5; back += 1) {
      const [type, description, cost] = SERVICES[(index + back) % SERVICES.length] ?? SERVICES[0]!;
      const day = addDays(TODAY, -(back * 170 + index * 40 + 12));
      const mileage = car.current_mileage - back * 5_200 - 300;
      garage.services.push({
        id: newId(),
        vehicle_id: car.id,
        vehicle: car.license_plate,
        performed_at: `${day}T15:00:00Z`,
        mileage,
        service_type: type,
        description,
        cost,
        currency: 'USD',
        employee: back % 2 ? 'Jorge Ruiz' : 'Sam Whitfield',
      });
      garage.readings.push({
        id: newId(),
        vehicle_id: car.id,
        value: mileage,
        read_at: `${day}T15:00:00Z`,
        source: back % 2 ? 'desk' : 'service',
        is_correction: back === 3,
        reason: back === 3 ? 'A digit too many' : '',
        is_improbable: false,
      });
    }
    garage.owners.push({
      vehicle_id: car.id,
      customer_id: customer.id,
      name: 'Maria Lopez',
      from: '2021-05-01T12:00:00Z',
      until: null,
    });
    const former = garage.customers[3];
    if (index === 0 && former) {
      garage.owners.push({
        vehicle_id: car.id,
        customer_id: former.id,
        name: `${former.first_name} ${former.last_name}`,
        from: '2018-03-10T12:00:00Z',
        until: '2021-05-01T12:00:00Z',
      });
    }
  });
}
