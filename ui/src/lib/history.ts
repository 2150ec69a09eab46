// One record's history in words.
import { findField } from './entities';
import { showValue } from './fieldtext';
import type { Locale } from './format';
import { entityName, fieldName, t } from './i18n.svelte';
import type { FieldChange, HistoryEntry } from './ipc';

export interface ChangeWords {
  field: string;
  from: string;
  to: string;
}

/** What changed, from what, to what. Values whose field no screen shows stand as they are. */
export function changeWords(kind: string, change: FieldChange, locale: Locale): ChangeWords {
  const spec = findField(kind, change.field);
  const show = (value: FieldChange['from']): string => {
    if (value === null || value === '') return t('hint-nothing');
    if (typeof value === 'boolean') return t(value ? 'choice-yes' : 'choice-no');
    if (spec) return showValue(spec, value, locale);
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  // A reference says whom it names, not by which id.
  return {
    field: fieldName(change.field),
    from: change.from_title ?? show(change.from),
    to: change.to_title ?? show(change.to),
  };
}

/** Fields that say nothing to a reader: which record it is, and which it belongs to. */
const SILENT = /^id$|^(created|updated)_(at|by)$/;

const isUnnamed = ({ field, from_title, to_title }: FieldChange): boolean =>
  /_id$|^merged_into$/.test(field) && from_title === null && to_title === null;

/** What a new record was not given says nothing either. */
const isBlank = ({ from, to }: FieldChange): boolean =>
  to === null || to === '' || to === false || to === from;

export const shownChanges = (entry: HistoryEntry): FieldChange[] =>
  entry.changes.filter(
    (change) =>
      !SILENT.test(change.field) &&
      !isUnnamed(change) &&
      !(entry.action === 'create' && isBlank(change)),
  );

export function entryTitle(entry: HistoryEntry): string {
  return t(`history-${entry.action}`, { what: entityName(entry.kind) });
}
