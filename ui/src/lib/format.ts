// Numbers, dates, money and distances as the country writes them. Pure: the locale is an
// argument, and nothing here knows the settings.

export interface Locale {
  /** BCP 47, e.g. `de-CH`. */
  tag: string;
  /** IANA time zone of the garage. */
  timeZone: string;
  /** `mi` or `km`. */
  distanceUnit: string;
}

const made = new Map<string, unknown>();

/** Intl objects cost more to make than to use. */
function kept<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

function dateFormat(locale: Locale, name: string, options: Intl.DateTimeFormatOptions) {
  return kept(`date ${name} ${locale.tag} ${options.timeZone}`, () => {
    try {
      return new Intl.DateTimeFormat(locale.tag, options);
    } catch {
      // A time zone that this system does not know.
      return new Intl.DateTimeFormat(locale.tag, { ...options, timeZone: 'UTC' });
    }
  });
}

export function formatNumber(locale: Locale, value: number): string {
  return kept(`number ${locale.tag}`, () => new Intl.NumberFormat(locale.tag)).format(value);
}

/** `42%`, from 0.42. */
export function formatPercent(locale: Locale, share: number): string {
  return kept(
    `percent ${locale.tag}`,
    () => new Intl.NumberFormat(locale.tag, { style: 'percent' }),
  ).format(share);
}

/** `12.4 MB`, of so many bytes. */
export function formatMegabytes(locale: Locale, bytes: number): string {
  return kept(
    `megabytes ${locale.tag}`,
    () =>
      new Intl.NumberFormat(locale.tag, {
        style: 'unit',
        unit: 'megabyte',
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
      }),
  ).format(bytes / 1_000_000);
}

/** `80,120 mi`. */
export function formatDistance(locale: Locale, value: number): string {
  const unit = locale.distanceUnit === 'km' ? 'kilometer' : 'mile';
  return kept(
    `distance ${locale.tag} ${unit}`,
    () => new Intl.NumberFormat(locale.tag, { style: 'unit', unit, unitDisplay: 'short' }),
  ).format(value);
}

/** A decimal string in a currency; one that Intl does not know stands beside its code. */
export function formatMoney(locale: Locale, amount: string, currency: string): string {
  const value = Number(amount);
  if (!Number.isFinite(value)) return amount;
  try {
    return kept(
      `money ${locale.tag} ${currency}`,
      () => new Intl.NumberFormat(locale.tag, { style: 'currency', currency }),
    ).format(value);
  } catch {
    return `${amount} ${currency}`.trim();
  }
}

/** `2026-03-01` is a day, not an instant: no time zone touches it. */
export function calendarDate(text: string): Date {
  return new Date(`${text.slice(0, 10)}T00:00:00Z`);
}

/** `Mar 1, 2026`, `1. März 2026`. */
export function formatDate(locale: Locale, text: string): string {
  const date = calendarDate(text);
  if (Number.isNaN(date.getTime())) return text;
  return dateFormat(locale, 'medium', { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}

/** `March 2026`. */
export function formatMonth(locale: Locale, text: string): string {
  const date = calendarDate(text);
  if (Number.isNaN(date.getTime())) return text;
  return dateFormat(locale, 'month', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    date,
  );
}

/** `Thursday, December 3, 2026`. */
export function formatFullDate(locale: Locale, text: string): string {
  return dateFormat(locale, 'full', { dateStyle: 'full', timeZone: 'UTC' }).format(
    calendarDate(text),
  );
}

/** `Thu, Dec 3`: a day near enough that its year goes without saying. */
export function formatNearDate(locale: Locale, text: string): string {
  const options = { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' } as const;
  return dateFormat(locale, 'near', options).format(calendarDate(text));
}

/** `Thursday`, or `Thu`. */
export function formatWeekday(locale: Locale, text: string, style: 'long' | 'short'): string {
  return dateFormat(locale, `weekday ${style}`, { weekday: style, timeZone: 'UTC' }).format(
    calendarDate(text),
  );
}

/** `Nov 23 – 29, 2026`. */
export function formatDateRange(locale: Locale, from: string, to: string): string {
  return dateFormat(locale, 'medium', { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
    calendarDate(from),
    calendarDate(to),
  );
}

/** The day of an instant at the garage. */
export function formatDay(locale: Locale, instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return dateFormat(locale, 'day', { dateStyle: 'medium', timeZone: locale.timeZone }).format(date);
}

/** Day and minute of an instant at the garage. */
export function formatMoment(locale: Locale, instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return dateFormat(locale, 'moment', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: locale.timeZone,
  }).format(date);
}

/** `8:30 AM`, `08:30`, from `08:30:00`. */
export function formatTime(locale: Locale, text: string): string {
  const date = new Date(`2000-01-01T${text.length === 5 ? `${text}:00` : text}Z`);
  if (Number.isNaN(date.getTime())) return text;
  return dateFormat(locale, 'time', { timeStyle: 'short', timeZone: 'UTC' }).format(date);
}

/** The calendar day of an instant at the garage, as `YYYY-MM-DD`. */
export function dayOf(locale: Locale, instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  // Swedish writes dates the ISO way.
  return kept(`iso ${locale.timeZone}`, () => {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    try {
      return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: locale.timeZone });
    } catch {
      return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' });
    }
  }).format(date);
}

/** Country codes of two digits and of one; every other one has three (ITU-T E.164, list D). */
const TWO_DIGIT_CODES = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 ' +
    '60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

/** A number grouped for reading aloud, and what is dialled once it was answered. */
export function formatPhone(phone: string, extension = ''): string {
  const [number = '', behind = extension] = phone.split(' x');
  return behind ? `${grouped(number)} x${behind}` : grouped(number);
}

/** An E.164 number grouped for reading aloud; anything else as it is. */
function grouped(phone: string): string {
  const digits = /^\+(\d{7,15})$/.exec(phone)?.[1];
  if (!digits) return phone;
  if (digits.startsWith('1') && digits.length === 11) {
    return `(${digits.slice(1, 4)}) ${digits.slice(4, 7)}-${digits.slice(7)}`;
  }
  const length = /^[17]/.test(digits) ? 1 : TWO_DIGIT_CODES.has(digits.slice(0, 2)) ? 2 : 3;
  const national = digits.slice(length);
  const groups = national.match(/\d{3}(?=\d{2})|\d+/g) ?? [national];
  return [`+${digits.slice(0, length)}`, ...groups].join(' ');
}

/** A VIN in the groups in which it is read aloud: maker, description, check digit and year,
    serial number. Anything that is not 17 characters stays as it is. */
export function groupVin(vin: string): string[] {
  if (vin.length !== 17) return [vin];
  return [vin.slice(0, 3), vin.slice(3, 6), vin.slice(6, 9), vin.slice(9, 13), vin.slice(13)];
}
