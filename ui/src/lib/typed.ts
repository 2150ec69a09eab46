// Text that found nothing, on its way into the form for what is not here yet.
import type { Content } from './form.svelte';
import { desk, type SearchHit, type TypedField } from './ipc';
import { paths, router } from './router.svelte';

/** What of it belongs to one of the records of a form. */
export const typedContent = (typed: readonly TypedField[] | undefined, kind: string): Content =>
  Object.fromEntries(
    (typed ?? []).filter((one) => one.kind === kind).map(({ field, text }) => [field, text]),
  );

/** Opens a form with the text in the fields that it was most likely typed for. */
async function open(path: string, text: string, customer: SearchHit | null): Promise<void> {
  const typed = text.trim() === '' ? [] : await desk.fieldsFor(text).catch(() => []);
  router.go(path);
  Object.assign(router.here.kept, { typed, customer });
}

export const checkInUnknown = (text: string, customer: SearchHit | null = null): void =>
  void open(paths.checkInNew, customer ? '' : text, customer);

export const addUnknownCustomer = (text: string): void => void open(paths.newCustomer, text, null);
