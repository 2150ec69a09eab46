// Countries, time zones and currencies, named in the language of the window by the platform.

import { CURRENCIES } from './fields';

export interface Option {
  value: string;
  label: string;
}

/** ISO 3166-1 alpha-2. The platform can name regions but not list them. */
const COUNTRIES =
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK ' +
  'FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS ' +
  'IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ' +
  'ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL ' +
  'PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD ' +
  'TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW';

function named(codes: readonly string[], type: 'region' | 'currency', tag: string): Option[] {
  const names = new Intl.DisplayNames(tag, { type });
  const collator = new Intl.Collator(tag);
  return codes
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => collator.compare(a.label, b.label));
}

const made = new Map<string, Option[]>();

function once(key: string, make: () => Option[]): Option[] {
  const present = made.get(key) ?? make();
  made.set(key, present);
  return present;
}

export const countryOptions = (tag: string): Option[] =>
  once(`country ${tag}`, () => named(COUNTRIES.split(' '), 'region', tag));

export const currencyOptions = (tag: string): Option[] =>
  once(`currency ${tag}`, () =>
    named(CURRENCIES, 'currency', tag).map((one) => ({
      value: one.value,
      label: `${one.value} ${one.label}`,
    })),
  );

export const zoneOptions = (): Option[] =>
  once('zone', () =>
    [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].map((value) => ({
      value,
      label: value.replaceAll('_', ' '),
    })),
  );

/** The list behind a kind of field; undefined for a kind that has none. */
export function optionsOf(kind: string, tag: string): Option[] | undefined {
  if (kind === 'zone') return zoneOptions();
  if (kind === 'currency') return currencyOptions(tag);
  return kind === 'region' ? countryOptions(tag) : undefined;
}

const EURO = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK AD MC SM VA ME XK';

const PAID_IN: Record<string, string> = {
  ...Object.fromEntries(EURO.split(' ').map((country) => [country, 'EUR'])),
  ...{ US: 'USD', PR: 'USD', CA: 'CAD', MX: 'MXN', GB: 'GBP', CH: 'CHF', LI: 'CHF', PL: 'PLN' },
  ...{ CZ: 'CZK', HU: 'HUF', DK: 'DKK', SE: 'SEK', NO: 'NOK', IS: 'ISK', RO: 'RON', BG: 'EUR' },
  ...{ TR: 'TRY', UA: 'UAH', AU: 'AUD', NZ: 'NZD', JP: 'JPY', KR: 'KRW', CN: 'CNY', TW: 'TWD' },
  ...{ HK: 'HKD', SG: 'SGD', IN: 'INR', ZA: 'ZAR', BR: 'BRL', AR: 'ARS', CL: 'CLP', IL: 'ILS' },
};

/** Countries that write miles on their signs. */
const MILES = new Set(['US', 'GB', 'LR', 'PR', 'VI', 'GU', 'AS', 'MP', 'IM', 'JE', 'GG']);

/** What a garage in the country most likely uses; it can say otherwise in Settings. */
export function customsOf(country: string): { distance_unit: string; currency?: string } {
  const currency = PAID_IN[country];
  return { distance_unit: MILES.has(country) ? 'mi' : 'km', ...(currency ? { currency } : {}) };
}

/** A language by its own name: who looks for it reads it. */
export function languageName(code: string): string {
  return new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
}
