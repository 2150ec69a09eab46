// The description of the entities, as the screens ask for it.
import { FIELDS } from './fields';
import type { FieldSpec } from './fieldspec';

/** A field that screens have words for; undefined for one that names another record. */
export function findField(kind: string, name: string): FieldSpec | undefined {
  const spec = FIELDS[kind]?.[name];
  return spec?.kind === 'reference' ? undefined : spec;
}

/** The fields that people type, in the order of the description. */
export const typedFields = (kind: string): FieldSpec[] =>
  Object.values(FIELDS[kind] ?? {}).filter((spec) => !spec.system && spec.kind !== 'reference');

/** What a list of the entity is narrowed by. */
export const filtersOf = (kind: string): FieldSpec[] =>
  Object.values(FIELDS[kind] ?? {}).filter(
    (spec) => spec.filtered === true && spec.kind !== 'reference',
  );
