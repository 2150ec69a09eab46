// What people type into a field, as the form that the desk takes. What cannot be read is passed
// on as it is: the desk then says what is wrong with it, and nothing typed is lost.
import type { Locale } from './format';

interface Separators {
  group: string;
  decimal: string;
}

function separators(tag: string): Separators {
  const parts = new Intl.NumberFormat(tag).formatToParts(1234567.5);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { group: of('group') || ',', decimal: of('decimal') || '.' };
}

/** `80,120`, `80.120 km`, `80 120`: a whole number. */
export function parseWhole(locale: Locale, text: string): number | string | null {
  const bare = text
    .normalize('NFKC')
    .trim()
    .replace(/\s*(mi|miles?|km)\.?$/i, '');
  if (bare === '') return null;
  const digits = bare.replace(/(?<=\d)[\s.,'’\u00a0\u202f](?=\d{3}(?!\d))/g, '');
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : text.trim();
}

/** `1.234,50 €` in German, `$1,234.50` in English: a decimal string with a dot. */
export function parseAmount(locale: Locale, text: string): string | null {
  const bare = text
    .normalize('NFKC')
    .replace(/[^\d.,\-'’\s]/g, '')
    .trim();
  if (text.trim() === '') return null;
  const { decimal } = separators(locale.tag);
  const last = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  const fraction = last < 0 ? '' : bare.slice(last + 1);
  // The last mark is the decimal one if it is the country's, or if no group of three follows.
  const isDecimal = last >= 0 && (bare[last] === decimal || !/^\d{3}$/.test(fraction));
  const whole = (isDecimal ? bare.slice(0, last) : bare).replace(/[.,'’\s]/g, '');
  const amount = isDecimal ? `${whole || '0'}.${fraction}` : whole;
  return /^-?\d+(\.\d+)?$/.test(amount) ? amount : text.trim();
}

const iso = (year: number, month: number, day: number): string | null => {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : null;
};

/** The order in which the country writes day, month and year. */
function dateOrder(tag: string): ('day' | 'month' | 'year')[] {
  return new Intl.DateTimeFormat(tag, { year: 'numeric', month: 'numeric', day: 'numeric' })
    .formatToParts(new Date(Date.UTC(2000, 10, 22)))
    .map((part) => part.type)
    .filter((type) => type === 'day' || type === 'month' || type === 'year');
}

/** How a date is to be typed, as a hint: `MM/DD/YYYY`, `TT.MM.JJJJ` with the given letters. */
export function dateHint(tag: string, letters: Record<'day' | 'month' | 'year', string>): string {
  return new Intl.DateTimeFormat(tag, { year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(new Date(Date.UTC(2000, 10, 22)))
    .map((part) => {
      if (part.type === 'day') return letters.day.repeat(2);
      if (part.type === 'month') return letters.month.repeat(2);
      if (part.type === 'year') return letters.year.repeat(4);
      return part.value;
    })
    .join('');
}

function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last)))
    .toISOString()
    .slice(0, 10);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const MONTH_NAMES = new Map<string, string[]>();

function monthNames(tag: string): string[] {
  let names = MONTH_NAMES.get(tag);
  if (!names) {
    const format = new Intl.DateTimeFormat(tag, { month: 'long', timeZone: 'UTC' });
    names = Array.from({ length: 12 }, (_, month) =>
      format.format(new Date(Date.UTC(2000, month, 15))).toLowerCase(),
    );
    MONTH_NAMES.set(tag, names);
  }
  return names;
}

/**
 * A date as people type one: in the country's order with any separator, ISO, with the month's
 * name, without the year (this one), or as a distance from today: `+6m`, `+10d`, `+1y`.
 */
export function parseDate(locale: Locale, text: string, today: string): string | null {
  // Full-width digits and signs of other keyboards; their years are the desk's to read.
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return null;
  const distance = /^([+-]\d{1,4})\s*([dwmytj])$/i.exec(typed);
  if (distance) {
    const count = Number(distance[1]);
    switch (distance[2]?.toLowerCase()) {
      case 'd':
      case 't':
        return addDays(today, count);
      case 'w':
        return addDays(today, count * 7);
      case 'm':
        return addMonths(today, count);
      default:
        return addMonths(today, count * 12);
    }
  }
  const isoLike = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (isoLike) {
    return iso(Number(isoLike[1]), Number(isoLike[2]), Number(isoLike[3])) ?? typed;
  }
  const thisYear = Number(today.slice(0, 4));
  // Two digits lie within the 50 years before and after; one and three are a slip.
  const fullYear = (digits: string): number => {
    const year = Number(digits);
    if (digits.length === 4) return year;
    if (digits.length !== 2) return NaN;
    return year + 2000 > thisYear + 50 ? year + 1900 : year + 2000;
  };
  const parts = typed.split(/[\s./,-]+/).filter((part) => part !== '');
  const named = parts.findIndex((part) => /^\p{L}{3,}$/u.test(part));
  if (named >= 0) {
    const word = parts[named]?.toLowerCase() ?? '';
    const month = monthNames(locale.tag).findIndex((name) => name.startsWith(word)) + 1;
    const [first, second] = parts.filter((_, index) => index !== named);
    if (month > 0 && first && /^\d{1,2}$/.test(first) && (!second || /^\d{2,4}$/.test(second))) {
      return iso(second ? fullYear(second) : thisYear, month, Number(first)) ?? typed;
    }
    return typed;
  }
  if (!parts.every((part) => /^\d{1,4}$/.test(part)) || parts.length < 2 || parts.length > 3) {
    return typed;
  }
  const order = dateOrder(locale.tag).filter((part) => parts.length === 3 || part !== 'year');
  const of = (part: 'day' | 'month' | 'year') => parts[order.indexOf(part)] ?? '';
  const year = parts.length === 3 ? fullYear(of('year')) : thisYear;
  const day = iso(year, Number(of('month')), Number(of('day')));
  if (!/^\d{2}-\d{2}-\d{2}$/.test(typed)) return day ?? typed;
  // `25-03-01` may be the ISO way with a short year: it is read only where it can be but one day.
  const [first = '', second = '', third = ''] = parts;
  const yearFirst = iso(fullYear(first), Number(second), Number(third));
  if (day && yearFirst && day !== yearFirst) return typed;
  return day ?? yearFirst ?? typed;
}

/** `8`, `830`, `8:30`, `8:30 pm`: `HH:MM`. */
export function parseTime(text: string): string | null {
  const typed = text.normalize('NFKC').trim().toLowerCase();
  if (typed === '') return null;
  const match = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm|a|p|uhr)?$/.exec(typed);
  if (!match) return text.trim();
  let hour = Number(match[1]);
  const minute = Number(match[2] ?? '0');
  if (match[3]?.startsWith('p') && hour < 12) hour += 12;
  if (match[3]?.startsWith('a') && hour === 12) hour = 0;
  if (hour > 23 || minute > 59) return text.trim();
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
