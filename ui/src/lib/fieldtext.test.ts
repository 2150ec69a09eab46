import { describe, expect, test } from 'vitest';

import { customerFields, preferencesFields, serviceRecordFields, vehicleFields } from './fields';
import { fromTyped, isSame, showValue, toTyped } from './fieldtext';
import type { Locale } from './format';

const de: Locale = { tag: 'de-DE', timeZone: 'Europe/Berlin', distanceUnit: 'km' };
const TODAY = '2026-03-12';

describe('what is shown can be typed in again', () => {
  test.each([
    [vehicleFields.current_mileage, 80_120],
    [vehicleFields.year, 2018],
    [vehicleFields.insurance_expiry_date, '2026-12-17'],
    [serviceRecordFields.cost, '1234.50'],
    [preferencesFields.preferred_service_time, '08:30'],
    [customerFields.last_name, 'O’Brien'],
  ])('%o', (spec, value) => {
    const typed = toTyped(spec, value, de);
    expect(fromTyped(spec, typed, de, TODAY)).toBe(value);
    expect(isSame(spec, typed, value, de, TODAY)).toBe(true);
  });

  test('an instant that is edited as a day stays that day at the garage', () => {
    const spec = customerFields.customer_since;
    const typed = toTyped(spec, '2021-05-01T22:30:00Z', de);
    expect(typed).toBe('02.05.2021');
    expect(isSame(spec, typed, '2021-05-01T22:30:00Z', de, TODAY)).toBe(true);
    expect(fromTyped(spec, '3.5.2021', de, TODAY)).toBe('2021-05-03');
  });
});

test('another spelling of the same value is no change', () => {
  expect(isSame(vehicleFields.current_mileage, '80120', 80_120, de, TODAY)).toBe(true);
  expect(isSame(vehicleFields.current_mileage, '80121', 80_120, de, TODAY)).toBe(false);
});

test('a VIN typed in groups is one word', () => {
  expect(fromTyped(vehicleFields.vin, '1hg cm8-2633a 004352', de, TODAY)).toBe(
    '1hg cm8-2633a 004352',
  );
});

test('choices and flags are shown in words', () => {
  expect(showValue(vehicleFields.fuel_type, 'plug_in_hybrid', de)).toBe('Plug-in hybrid');
  expect(showValue(vehicleFields.is_under_warranty, true, de)).toBe('Yes');
  expect(showValue(vehicleFields.fuel_type, 'steam', de)).toBe('steam');
  expect(showValue(vehicleFields.color, null, de)).toBe('');
});
