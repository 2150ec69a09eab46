// The screens' table of fields, beside what the screens have words for.
import { expect, test } from 'vitest';

import { typedFields } from '../lib/entities';
import { words } from '../lib/i18n.svelte';

const dashed = (name: string) => name.replaceAll('_', '-');
/** The entities whose fields people type. */
const all = ['customer', 'vehicle', 'preferences', 'note', 'service_record', 'employee'].flatMap(
  typedFields,
);

test('every field has a name', () => {
  expect(all.filter(({ name }) => !words.has(`field-${dashed(name)}`))).toEqual([]);
});

test('every choice has a name', () => {
  const missing = all.flatMap(({ name, choices = [] }) =>
    choices
      .map((choice) => `choice-${dashed(name)}-${dashed(choice)}`)
      .filter((id) => !words.has(id)),
  );
  expect(missing).toEqual([]);
});
