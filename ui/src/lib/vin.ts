// What a VIN tells, in words.
import { t, words } from './i18n.svelte';
import type { VinFacts } from './ipc';

/** Maker, country or region, model years: `Ford · United States · 2018 or 1988`. */
export function vinFactsText(facts: VinFacts): string {
  const place = facts.country
    ? (new Intl.DisplayNames(words.language, { type: 'region' }).of(facts.country) ?? '')
    : t(`vin-region-${facts.region.replaceAll('_', '-')}`);
  const years = new Intl.ListFormat(words.language, { type: 'disjunction' }).format(
    facts.years.map(String),
  );
  return [facts.maker ?? '', place, years].filter(Boolean).join(' · ');
}
