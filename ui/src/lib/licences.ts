// A driving licence was held under a scanner: what it says goes into the form for a new customer,
// where somebody looks at it before it is saved.
import { feedback } from './feedback.svelte';
import type { Content } from './form.svelte';
import { formatDate } from './format';
import { fieldName, t } from './i18n.svelte';
import { desk, type Licence } from './ipc';
import { thrownText } from './problems';
import { paths, router } from './router.svelte';
import { session } from './session.svelte';

type Taker = (licence: Licence) => void;
let taker: Taker | null = null;

/** For as long as a form for a person is open; the answer ends it. */
export function takeLicences(take: Taker): () => void {
  taker = take;
  return () => {
    if (taker === take) taker = null;
  };
}

const FIELDS = [
  'first_name',
  'last_name',
  'street_address',
  'apartment_unit',
  'zip_code',
  'city',
  'state',
  'country',
] as const;

/** The fields of a customer that it names. */
export function licenceContent(licence: Licence): Content {
  const said = FIELDS.filter((name) => licence[name] !== '');
  return Object.fromEntries(said.map((name) => [name, licence[name]]));
}

/** What stands above the form: which fields were proposed, and what to look at. */
export function licenceWords(licence: Licence): string[] {
  const fields = Object.keys(licenceContent(licence)).map(fieldName).join(', ');
  const words = [t('licence-proposed', { fields })];
  if (licence.is_truncated) words.push(t('licence-truncated'));
  const until = licence.expires_on;
  if (until) {
    const date = formatDate(session.locale, until);
    words.push(t(until < session.today ? 'licence-expired' : 'licence-valid', { date }));
  }
  return words;
}

/** `Mary O'Brien, 2300 W Broad St, Columbus OH`. */
export const licenceHolder = (licence: Licence): string =>
  [[licence.first_name, licence.last_name], [licence.street_address], [licence.city, licence.state]]
    .map((part) => part.filter((text) => text !== '').join(' '))
    .filter((part) => part !== '')
    .join(', ');

/** The form for a new customer, filled in with what a licence says. */
export function openHolder(licence: Licence): void {
  router.go(paths.newCustomer);
  router.here.kept.licence = licence;
}

export async function openLicence(text: string): Promise<void> {
  try {
    const licence = await desk.readLicence(text);
    if (taker) {
      taker(licence);
      return;
    }
    openHolder(licence);
  } catch (thrown) {
    feedback.fail(thrownText(thrown));
  }
}
