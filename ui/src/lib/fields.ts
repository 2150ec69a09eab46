// What the screens know of each field: what is typed into it, what may be chosen, how long it
// may be. Whether a value is right is for the desk to say.

export type FieldKind =
  | 'text'
  | 'long'
  | 'email'
  | 'secret'
  | 'phone'
  | 'vin'
  | 'plate'
  | 'choice'
  | 'flag'
  | 'number'
  | 'distance'
  | 'money'
  | 'date'
  | 'day'
  | 'time'
  | 'zone'
  | 'region'
  | 'currency';

export interface FieldSpec {
  name: string;
  kind: FieldKind;
  max?: number;
  choices?: readonly string[];
  /** Whether "nothing chosen" is one of the choices. */
  blank?: boolean;
}

const text = (max: number): Omit<FieldSpec, 'name'> => ({ kind: 'text', max });
const of = (kind: FieldKind): Omit<FieldSpec, 'name'> => ({ kind });
const choice = (choices: readonly string[], blank = true): Omit<FieldSpec, 'name'> => ({
  kind: 'choice',
  choices,
  blank,
});

export const FUEL_TYPES = [
  'gasoline',
  'diesel',
  'hybrid',
  'electric',
  'plug_in_hybrid',
  'natural_gas',
  'other',
] as const;

const CUSTOMER = {
  first_name: text(100),
  last_name: text(100),
  email: of('email'),
  phone: of('phone'),
  phone_extension: text(11),
  secondary_phone: of('phone'),
  secondary_phone_extension: text(11),
  street_address: text(255),
  apartment_unit: text(10),
  city: text(100),
  state: text(100),
  zip_code: text(10),
  country: text(100),
  company_name: text(200),
  business_tax_id: text(50),
  is_business_customer: of('flag'),
  emergency_contact_name: text(200),
  emergency_contact_phone: of('phone'),
  emergency_contact_phone_extension: text(11),
  emergency_contact_relationship: text(50),
  customer_since: of('day'),
  last_service_date: of('day'),
};

const VEHICLE = {
  make: text(50),
  model: text(100),
  year: of('number'),
  color: text(30),
  vin: of('vin'),
  license_plate: { kind: 'plate', max: 15 } as const,
  state_registered: text(50),
  engine_size: text(20),
  fuel_type: choice(FUEL_TYPES),
  transmission: choice(['manual', 'automatic', 'cvt', 'semi_automatic']),
  current_mileage: of('distance'),
  purchase_date: of('date'),
  purchase_mileage: of('distance'),
  insurance_company: text(100),
  insurance_policy_number: text(50),
  insurance_expiry_date: of('date'),
  registration_expiry_date: of('date'),
  is_under_warranty: of('flag'),
  warranty_expiry_date: of('date'),
  last_service_date: of('day'),
  last_service_mileage: of('distance'),
  next_service_due_date: of('date'),
  next_service_due_mileage: of('distance'),
  service_interval_months: of('number'),
  service_interval_distance: of('distance'),
};

const PREFERENCES = {
  preferred_contact_method: choice(['email', 'sms', 'phone', 'app', 'mail'], false),
  preferred_language: choice(['en', 'es', 'fr', 'de', 'zh', 'ja', 'ko'], false),
  preferred_service_day: choice([
    'monday',
    'tuesday',
    'wednesday',
    'thursday',
    'friday',
    'saturday',
    'sunday',
  ]),
  preferred_service_time: of('time'),
  timezone: of('zone'),
  currency: of('currency'),
  email_notifications: of('flag'),
  sms_notifications: of('flag'),
  push_notifications: of('flag'),
  phone_call_notifications: of('flag'),
  postal_mail_notifications: of('flag'),
  service_reminders: of('flag'),
  appointment_reminders: of('flag'),
  marketing_emails: of('flag'),
  promotional_sms: of('flag'),
  data_sharing_consent: of('flag'),
  analytics_consent: of('flag'),
};

const NOTE = {
  note_type: choice(
    ['general', 'service', 'billing', 'complaint', 'compliment', 'follow_up'],
    false,
  ),
  title: text(200),
  content: of('long'),
  is_important: of('flag'),
  is_pinned: of('flag'),
  is_private: of('flag'),
  follow_up_date: of('date'),
};

const SERVICE_RECORD = {
  performed_at: of('day'),
  mileage: of('distance'),
  service_type: text(50),
  description: of('long'),
  cost: of('money'),
};

const EMPLOYEE = { name: text(200), role: text(50) };

type Table<T> = { readonly [K in keyof T & string]: FieldSpec };

function named<T extends Record<string, Omit<FieldSpec, 'name'>>>(table: T): Table<T> {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, { name, ...spec }]),
  ) as Table<T>;
}

export const customerFields = named(CUSTOMER);
export const vehicleFields = named(VEHICLE);
export const preferenceFields = named(PREFERENCES);
export const noteFields = named(NOTE);
export const serviceFields = named(SERVICE_RECORD);
export const employeeFields = named(EMPLOYEE);

const TABLES: Record<string, Record<string, FieldSpec>> = {
  customer: customerFields,
  vehicle: vehicleFields,
  preferences: preferenceFields,
  note: noteFields,
  service_record: serviceFields,
  employee: employeeFields,
};

/** The field of an entity, for history and undo lines; None for what no screen edits. */
export function findField(kind: string, name: string): FieldSpec | undefined {
  return TABLES[kind]?.[name];
}
