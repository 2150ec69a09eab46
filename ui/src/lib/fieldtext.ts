// A field's value as it is shown, as it stands in its input, and back. One place, so that what
// a screen shows can be typed in again and means the same.
import type { FieldSpec } from './fieldspec';
import {
  calendarDate,
  dayOf,
  formatDate,
  formatDay,
  formatDistance,
  formatMoney,
  formatNumber,
  formatPhone,
  formatTime,
  type Locale,
} from './format';
import { choiceName, t } from './i18n.svelte';
import type { JsonValue } from './ipc';
import { parseAmount, parseDate, parseTime, parseWhole } from './parse';
import { optionsOf } from './places';

/** What a form or an in-place editor holds: text, or a flag. */
export type Typed = string | boolean;

/** For reading. Blank where nothing is set. */
export function showValue(
  spec: FieldSpec,
  value: JsonValue | undefined,
  locale: Locale,
  currency = '',
): string {
  if (value === null || value === undefined || value === '') return '';
  switch (spec.kind) {
    case 'flag':
      return t(value === true ? 'choice-yes' : 'choice-no');
    case 'choice':
      return choiceName(spec.name, String(value));
    case 'phone':
      return formatPhone(String(value));
    case 'distance':
      return typeof value === 'number' ? formatDistance(locale, value) : String(value);
    case 'number':
      // A model year has no thousands; nothing else here reaches them.
      return String(value);
    case 'money':
      return formatMoney(locale, String(value), currency);
    case 'date':
      return formatDate(locale, String(value));
    case 'day':
      return formatDay(locale, String(value));
    case 'time':
      return formatTime(locale, String(value));
    case 'zone':
    case 'currency':
    case 'region':
      return (
        optionsOf(spec.kind, locale.tag)?.find((one) => one.value === value)?.label ?? String(value)
      );
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

const numericDate = (locale: Locale, day: string): string => {
  const date = calendarDate(day);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat(locale.tag, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone: 'UTC',
  }).format(date);
};

/** What stands in the input when an edit begins. */
export function toTyped(spec: FieldSpec, value: JsonValue | undefined, locale: Locale): Typed {
  if (spec.kind === 'flag') return value === true;
  if (value === null || value === undefined) return '';
  switch (spec.kind) {
    case 'distance':
      return typeof value === 'number' ? formatNumber(locale, value) : String(value);
    case 'money':
      return formatPlainAmount(locale, String(value));
    case 'date':
      return numericDate(locale, String(value));
    case 'day':
      return numericDate(locale, dayOf(locale, String(value)));
    case 'time':
      return formatTime(locale, String(value));
    default:
      return String(value);
  }
}

function formatPlainAmount(locale: Locale, amount: string): string {
  const value = Number(amount);
  const digits = /\.(\d+)$/.exec(amount)?.[1]?.length ?? 0;
  if (!Number.isFinite(value)) return amount;
  return new Intl.NumberFormat(locale.tag, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** What the desk is given. Text that cannot be read goes as it is: the desk says what is wrong. */
export function fromTyped(spec: FieldSpec, typed: Typed, locale: Locale, today: string): JsonValue {
  if (typeof typed === 'boolean') return typed;
  switch (spec.kind) {
    case 'distance':
    case 'number':
      return parseWhole(locale, typed);
    case 'money':
      return parseAmount(locale, typed);
    // A day of an instant too: the desk knows the garage's calendar, and that today means now.
    case 'date':
    case 'day':
      return parseDate(locale, typed, today);
    case 'time':
      return parseTime(typed);
    default:
      return typed.trim();
  }
}

/** Whether an edit means the same as what is there. */
export function isSame(
  spec: FieldSpec,
  typed: Typed,
  value: JsonValue | undefined,
  locale: Locale,
  today: string,
): boolean {
  const before = toTyped(spec, value, locale);
  return (
    typed === before ||
    JSON.stringify(fromTyped(spec, typed, locale, today)) ===
      JSON.stringify(fromTyped(spec, before, locale, today))
  );
}
