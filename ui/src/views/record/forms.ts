// The order in which a counter asks.
import { customerFields as person, vehicleFields as car } from '../../lib/fields';
import type { FieldSpec } from '../../lib/fieldspec';

export const personFirst: FieldSpec[][] = [
  [person.phone, person.email],
  [person.first_name, person.last_name],
];

export const personMore: FieldSpec[][] = [
  [person.street_address, person.apartment_unit],
  [person.zip_code, person.city],
  [person.state, person.country],
  [person.secondary_phone, person.company_name],
  [person.is_business_customer, person.business_tax_id],
];

export const carFirst: FieldSpec[][] = [
  [car.license_plate, car.vin],
  [car.make, car.model],
  [car.year, car.color, car.current_mileage],
];

export const carMore: FieldSpec[][] = [
  [car.fuel_type, car.transmission, car.engine_size],
  [car.state_registered, car.registration_expiry_date],
  [car.insurance_company, car.insurance_policy_number, car.insurance_expiry_date],
  [car.service_interval_months, car.service_interval_distance],
];

export const personSpecs = [...personFirst, ...personMore].flat();
export const carSpecs = [...carFirst, ...carMore].flat();
