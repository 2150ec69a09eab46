import { describe, expect, test } from 'vitest';

import type { Locale } from './format';
import { dateHint, parseAmount, parseDate, parseTime, parseWhole } from './parse';

const us: Locale = { tag: 'en-US', timeZone: 'America/New_York', distanceUnit: 'mi' };
const de: Locale = { tag: 'de-DE', timeZone: 'Europe/Berlin', distanceUnit: 'km' };
const TODAY = '2026-03-12';

describe('whole numbers', () => {
  test.each([
    ['80120', 80_120],
    ['80,120', 80_120],
    ['80.120', 80_120],
    ['80 120 km', 80_120],
    ['80,120 mi', 80_120],
    ['1,234,567', 1_234_567],
    ['', null],
    ['12,5', '12,5'],
    ['about 80k', 'about 80k'],
  ])('%s', (text, expected) => expect(parseWhole(us, text)).toBe(expected));
});

describe('amounts', () => {
  test.each([
    [us, '1,234.50', '1234.50'],
    [us, '$89.90', '89.90'],
    [us, '1,234', '1234'],
    [us, '89,9', '89.9'],
    [de, '1.234,50 €', '1234.50'],
    [de, '1.234', '1234'],
    [de, '89.90', '89.90'],
    [de, '60', '60'],
    [us, 'free', 'free'],
  ])('%o %s', (locale, text, expected) => expect(parseAmount(locale, text)).toBe(expected));

  test('nothing is nothing', () => expect(parseAmount(us, '  ')).toBeNull());
});

describe('dates', () => {
  test.each([
    [us, '3/15/2026', '2026-03-15'],
    [us, '3/15/26', '2026-03-15'],
    [us, '3-15', '2026-03-15'],
    [us, 'mar 15 2027', '2027-03-15'],
    [us, '2026-03-15', '2026-03-15'],
    [us, '5/1/84', '1984-05-01'],
    [de, '15.3.26', '2026-03-15'],
    [de, '15.3.', '2026-03-15'],
    [de, '15. März 2026', '2026-03-15'],
    [us, '+6m', '2026-09-12'],
    [us, '+10d', '2026-03-22'],
    [de, '+1j', '2027-03-12'],
    [us, '-1w', '2026-03-05'],
    // A short year is read where it can be but one day.
    [us, '25-03-01', '2025-03-01'],
    [de, '25.03.01', '2001-03-25'],
    [de, '25-03-01', '25-03-01'],
    [us, '206-03-01', '206-03-01'],
    [us, '3/15/206', '3/15/206'],
    [us, '2026-3-1', '2026-03-01'],
    [us, '３／１５／２０２６', '2026-03-15'],
    [de, '１５．３．２６', '2026-03-15'],
    // A Japanese date is the desk's to read.
    [us, '令和8年3月1日', '令和8年3月1日'],
  ])('%o %s', (locale, text, expected) => expect(parseDate(locale, text, TODAY)).toBe(expected));

  test('a month keeps within its days', () => {
    expect(parseDate(us, '+1m', '2026-01-31')).toBe('2026-02-28');
  });

  test('a day that does not exist goes as it was typed', () => {
    expect(parseDate(us, '2/30/2026', TODAY)).toBe('2/30/2026');
    expect(parseDate(us, 'next week', TODAY)).toBe('next week');
    expect(parseDate(us, '2026-13-01', TODAY)).toBe('2026-13-01');
  });

  test('the hint shows the order of the country', () => {
    expect(dateHint('en-US', { day: 'D', month: 'M', year: 'Y' })).toBe('MM/DD/YYYY');
    expect(dateHint('de-DE', { day: 'T', month: 'M', year: 'J' })).toBe('TT.MM.JJJJ');
  });
});

describe('times of day', () => {
  test.each([
    ['8', '08:00'],
    ['830', '08:30'],
    ['8:30 pm', '20:30'],
    ['12 am', '00:00'],
    ['17.45', '17:45'],
    ['25:00', '25:00'],
    ['', null],
  ])('%s', (text, expected) => expect(parseTime(text)).toBe(expected));
});
