import { describe, expect, test } from 'vitest';

import {
  dayOf,
  formatDate,
  formatDistance,
  formatMoney,
  formatPhone,
  formatTime,
  groupVin,
  type Locale,
} from './format';

const us: Locale = { tag: 'en-US', timeZone: 'America/Los_Angeles', distanceUnit: 'mi' };
const de: Locale = { tag: 'de-DE', timeZone: 'Europe/Berlin', distanceUnit: 'km' };

/** Intl writes narrow and hard spaces; what matters here are the words. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('numbers, money and dates are local', () => {
  test('distances carry the unit of the garage', () => {
    expect(formatDistance(us, 80_120)).toBe('80,120 mi');
    expect(plain(formatDistance(de, 80_120))).toBe('80.120 km');
  });

  test('money is written as the country writes it', () => {
    expect(formatMoney(us, '1234.50', 'USD')).toBe('$1,234.50');
    expect(plain(formatMoney(de, '1234.50', 'EUR'))).toBe('1.234,50 €');
  });

  test('money in a currency that is none stands beside its code', () => {
    expect(formatMoney(us, '12.00', '??')).toBe('12.00 ??');
  });

  test('a calendar date is the same day everywhere', () => {
    expect(formatDate(us, '2026-03-01')).toBe('Mar 1, 2026');
    expect(formatDate(de, '2026-03-01')).toBe('01.03.2026');
  });

  test('the day of an instant is the day at the garage', () => {
    expect(dayOf(us, '2026-03-01T03:00:00Z')).toBe('2026-02-28');
    expect(dayOf(de, '2026-03-01T03:00:00Z')).toBe('2026-03-01');
  });

  test('an unknown time zone does not stop a screen', () => {
    expect(dayOf({ ...us, timeZone: 'Mars/Olympus' }, '2026-03-01T03:00:00Z')).toBe('2026-03-01');
  });

  test('times of day are local', () => {
    expect(plain(formatTime(us, '08:30:00'))).toBe('8:30 AM');
    expect(formatTime(de, '08:30')).toBe('08:30');
  });

  test('what cannot be read is shown as it is', () => {
    expect(formatDate(us, 'soon')).toBe('soon');
    expect(formatMoney(us, 'a lot', 'USD')).toBe('a lot');
  });
});

describe('phones are grouped for reading aloud', () => {
  test.each([
    ['+15035550142', '(503) 555-0142'],
    ['+493012345678', '+49 301 234 5678'],
    ['+35312345678', '+353 123 456 78'],
    ['', ''],
    ['ext. 12', 'ext. 12'],
    ['+12025550142 x12', '(202) 555-0142 x12'],
  ])('%s', (phone, shown) => expect(formatPhone(phone)).toBe(shown));
});

describe('a VIN is grouped for reading aloud', () => {
  test('all 17 characters are there, in order', () => {
    const groups = groupVin('1HGCM82633A004352');
    expect(groups).toEqual(['1HG', 'CM8', '263', '3A00', '4352']);
    expect(groups.join('')).toBe('1HGCM82633A004352');
  });

  test('anything else stays whole', () => {
    expect(groupVin('CHASSIS 12')).toEqual(['CHASSIS 12']);
    expect(groupVin('')).toEqual(['']);
  });
});
