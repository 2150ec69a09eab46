// What a scanned code means: the car that it belongs to, opened or checked in; one that is not
// here yet goes into the form for it.
import { feedback } from './feedback.svelte';
import { t } from './i18n.svelte';
import { desk, type SearchHit, type TypedField } from './ipc';
import { thrownText } from './problems';
import { paths, router } from './router.svelte';

/** A form for a new car takes the codes of cars that nobody knows. */
type Taker = (fields: TypedField[]) => void;
let taker: Taker | null = null;

/** For as long as a form for a new car is open; the answer ends it. */
export function takeUnknownCars(take: Taker): () => void {
  taker = take;
  return () => {
    if (taker === take) taker = null;
  };
}

const plain = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();

function carOf(hits: SearchHit[], code: string): SearchHit | undefined {
  const cars = hits.filter((hit) => hit.kind === 'vehicle');
  const wanted = plain(code);
  return cars.find(
    ({ vin, license_plate }) => plain(vin) === wanted || plain(license_plate) === wanted,
  );
}

export async function openScanned(code: string): Promise<void> {
  try {
    const fields = await desk.fieldsFor(code);
    // A VIN as it is written down; what stands around it on a label has gone.
    const vin = fields.find(({ field }) => field === 'vin');
    const found = carOf(await desk.search(vin?.text ?? code, 12), vin?.text ?? code);
    if (found) {
      const checksIn = router.route.line.place === 'check-in';
      router.go(checksIn ? paths.checkInKnown(found.id) : paths.vehicle(found.id));
    } else if (taker) {
      taker(fields);
    } else if (fields.some(({ kind }) => kind === 'vehicle')) {
      router.go(paths.checkInNew);
      router.here.kept.typed = fields;
    } else {
      feedback.toast(t('empty-search', { text: code }));
    }
  } catch (thrown) {
    feedback.fail(thrownText(thrown));
  }
}
