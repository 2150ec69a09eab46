// How the desk stands with the server, in words. Words say no more than is known: an edit that
// was made this moment "waits", and only a server that did not answer is "offline".
import { findField } from './entities';
import { showValue } from './fieldtext';
import { formatDay, formatMegabytes, formatNumber, formatPercent, type Locale } from './format';
import { entityName, fieldName, t, words } from './i18n.svelte';
import type {
  ConflictView,
  EntityKind,
  FieldError,
  JsonValue,
  SyncProgress,
  SyncStatus,
  WaitingEdit,
} from './ipc';

export type Tone = 'plain' | 'good' | 'busy' | 'soon' | 'attention';

export interface StatusWords {
  text: string;
  tone: Tone;
}

/** The session is over, or nobody signed in again. */
export const needsSignIn = (status: SyncStatus): boolean =>
  status.account !== null &&
  (!status.account.is_signed_in ||
    status.trouble?.code === 'signed_out' ||
    status.trouble?.code === 'not_signed_in');

/** Nobody answers there just now. */
const isCutOff = (status: SyncStatus): boolean =>
  status.trouble?.code === 'unreachable' || status.trouble?.code === 'server_busy';

export function agoText(locale: Locale, instant: string, now: number): string {
  // A clock that was set back must not say "in 3 minutes".
  const minutes = Math.max(0, Math.floor((now - Date.parse(instant)) / 60_000));
  if (minutes < 1) return t('sync-synced-now');
  if (minutes < 60) return t('sync-synced-minutes', { minutes });
  if (minutes < 24 * 60) return t('sync-synced-hours', { hours: Math.floor(minutes / 60) });
  return t('sync-synced-on', { date: formatDay(locale, instant) });
}

const workingText = (progress: SyncProgress | null, locale: Locale): string => {
  if (progress?.what === 'file') {
    const percent = formatPercent(locale, shareOf(progress) ?? 0);
    return t('sync-working-part', { percent });
  }
  return t('sync-working', { left: progress === null ? 0 : leftOf(progress) });
};

/** How many are left of what is counted one by one. */
function leftOf(progress: Exclude<SyncProgress, { what: 'file' }>): number {
  if (progress.what === 'pulling') return progress.left;
  const done = progress.what === 'snapshot' ? progress.rows : progress.done;
  return Math.max(0, progress.total - done);
}

/** How much of a run is done, from 0 to 1; null where nobody knows how much there is. */
export function shareOf(progress: SyncProgress): number | null {
  const [done, total] =
    progress.what === 'file' || progress.what === 'pushing'
      ? [progress.done, progress.total]
      : progress.what === 'snapshot'
        ? [progress.rows, progress.total]
        : [0, 0];
  return total > 0 ? Math.min(1, done / total) : null;
}

/** What a run does now, with how far it is. */
export function progressText(progress: SyncProgress, locale: Locale): string {
  if (progress.what === 'pushing') {
    return t('sync-part', {
      what: t('sync-progress-pushing'),
      done: formatNumber(locale, progress.done),
      total: formatNumber(locale, progress.total),
    });
  }
  if (progress.what !== 'file') {
    const left = formatNumber(locale, leftOf(progress));
    return t(`sync-progress-${progress.what}`, { left });
  }
  const stage = t(`sync-stage-${progress.stage.replaceAll('_', '-')}`);
  if (progress.total === 0) return stage;
  const isCount = progress.stage === 'making' || progress.stage === 'indexing';
  const show = (value: number) =>
    isCount ? formatNumber(locale, value) : formatMegabytes(locale, value);
  return t('sync-part', {
    what: stage,
    done: show(progress.done),
    total: show(progress.total),
  });
}

/** The status line. */
export function statusWords(
  status: SyncStatus | null,
  open: number,
  locale: Locale,
  now: number,
): StatusWords {
  if (!status) return { text: '', tone: 'plain' };
  const { waiting } = status;
  switch (status.state) {
    case 'alone':
      return { text: t('status-this-pc-only'), tone: 'plain' };
    case 'working':
      return { text: workingText(status.progress, locale), tone: 'busy' };
    case 'paused':
      return { text: t('sync-paused'), tone: 'soon' };
    case 'synced':
      return {
        text: status.last_success
          ? agoText(locale, status.last_success, now)
          : t('sync-synced-now'),
        tone: 'good',
      };
    case 'offline':
      if (status.trouble === null) {
        return {
          text: waiting > 0 ? t('sync-waiting', { waiting }) : t('sync-connecting'),
          tone: 'plain',
        };
      }
      return { text: t('sync-offline', { waiting }), tone: 'soon' };
    case 'needs_attention':
      if (needsSignIn(status)) return { text: t('sync-sign-in', { waiting }), tone: 'attention' };
      return {
        text: isCutOff(status)
          ? `${t('sync-offline', { waiting })} · ${t('sync-to-decide', { count: open })}`
          : t('sync-attention', { count: open }),
        tone: 'attention',
      };
  }
}

/** "about 2 min left". */
export function leftText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 60) return t('sync-left-seconds');
  return t('sync-left-minutes', { minutes: Math.round(seconds / 60) });
}

/** A value of any record, as its screens show it. */
export function valueText(
  kind: EntityKind,
  field: string,
  value: JsonValue,
  locale: Locale,
): string {
  if (field === 'deleted') return t(value === true ? 'sync-was-deleted' : 'sync-was-edited');
  if (value === null || value === '') return t('hint-nothing');
  const spec = findField(kind, field);
  if (spec) return showValue(spec, value, locale);
  if (typeof value === 'boolean') return t(value ? 'choice-yes' : 'choice-no');
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return JSON.stringify(value);
  // What belongs together is read as one: an address.
  const held = Object.entries(value).filter(([, one]) => one !== null && one !== '');
  const texts = held.map(([name, one]) => valueText(kind, name, one ?? null, locale));
  return texts.join(', ') || t('hint-nothing');
}

/** What a conflict is about: a field, or a group of fields that belong together. */
export function conflictField(conflict: ConflictView): string {
  if (conflict.field === 'deleted') return t('sync-field-deleted');
  const group = `group-${conflict.field.replaceAll('_', '-')}`;
  return words.has(group) ? t(group) : fieldName(conflict.field);
}

/** What a record is called, and of whom it is. */
export function recordText(record: {
  kind: EntityKind;
  title: string;
  card: { kind: EntityKind; title: string } | null;
}): string {
  const own = record.title || entityName(record.kind);
  const of = record.card?.title ?? '';
  return of !== '' && of !== own ? t('sync-record-of', { what: own, of }) : own;
}

/** What an edit did. */
export function editText(edit: WaitingEdit): string {
  if (edit.action !== 'update') return t(`sync-edit-${edit.action}`);
  const names = edit.fields.filter((name) => words.has(`field-${name.replaceAll('_', '-')}`));
  return names.slice(0, 4).map(fieldName).join(', ') || t('sync-edit-update');
}

/** Why an edit waits. */
export const reasonText = (edit: WaitingEdit): string =>
  t(`waiting-${edit.reason.replaceAll('_', '-')}`);

/** What a refusal's words may quote and its code does not carry. */
const UNSAID = ['found', 'min', 'last', 'above', 'character', 'position', 'expected'];
const UNKNOWN = '\u2026';

/** What the server said about a field. Of the limits only those that the screens know. */
export function refusalText(kind: EntityKind, error: FieldError): string {
  const id = `problem-${error.code.replaceAll('_', '-')}`;
  const label = words.has(`field-${error.field.replaceAll('_', '-')}`)
    ? fieldName(error.field)
    : entityName(kind);
  if (!words.has(id)) return t('sync-refused', { label });
  const unknown = Object.fromEntries(UNSAID.map((name) => [name, UNKNOWN]));
  const max = findField(kind, error.field)?.max ?? UNKNOWN;
  const said = t(id, { ...unknown, label, max, title: 'none' });
  if (said.includes(UNKNOWN)) return t('sync-refused', { label });
  return said.includes(label) ? said : `${label}: ${said}`;
}

/** Whether what waits is the file of a document, and no change of it. */
export const isFile = (edit: WaitingEdit): boolean =>
  edit.kind === 'document' && edit.errors.some((error) => error.field === 'file');

/** Why the server does not take a file; what it allows at most, its reason does not carry. */
export function refusedFileText(why: string): string {
  const said = t('problem-file-refused', { why, max_mib: UNKNOWN, max_megapixels: UNKNOWN });
  return said.includes(UNKNOWN) ? t('files-too-big') : said;
}

/** Whether somebody has to do something about an edit that waits. */
export const needsSomebody = (edit: WaitingEdit): boolean =>
  ['rejected', 'id_reused', 'server_too_old', 'server_failed'].includes(edit.reason);
