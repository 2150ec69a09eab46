// How records are called in a line of text, and what is said of them in one.
import { formatDay, formatDistance, type Locale } from './format';
import { t } from './i18n.svelte';
import type { ReadingLine, VehicleLine } from './ipc';

/** Make, model and year: what a car is called beside its plate. */
export const carName = (one: Pick<VehicleLine, 'make' | 'model' | 'year'>): string =>
  [one.make, one.model, one.year ?? ''].filter((part) => part !== '').join(' ');

/** How much was done on a car, and for how much where anybody said. */
export function servicesText(count: number, spent: string): string {
  const services = t('status-services', { count });
  return spent === '' ? services : t('status-services-for', { services, spent });
}

/** What the odometer showed last, and when; a car that was never read shows nothing. */
export function lastReading(
  locale: Locale,
  vehicle: { current_mileage: number },
  reading: ReadingLine | null,
): string {
  if (vehicle.current_mileage === 0 && reading === null) return t('hint-never-read');
  const distance = formatDistance(locale, vehicle.current_mileage);
  return reading?.read_at
    ? t('hint-last-reading-on', { distance, date: formatDay(locale, reading.read_at) })
    : t('hint-last-reading', { distance });
}
