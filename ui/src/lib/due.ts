// Due states in words: the same word wherever a state is shown, and a shape for those who do
// not see its colour.
import { formatDate, formatDistance, formatMonth, type Locale } from './format';
import { t } from './i18n.svelte';
import type { AlertKind, Due, DueStates } from './ipc';

export type Shape = 'triangle' | 'square' | 'half' | 'none';
export type Tone = 'overdue' | 'soon' | 'fine';

export interface DueMark {
  shape: Shape;
  tone: Tone;
}

export function dueMark(due: Due): DueMark {
  switch (due.state) {
    case 'overdue':
      return { shape: 'triangle', tone: 'overdue' };
    case 'due':
      return { shape: 'square', tone: 'soon' };
    case 'due_soon':
      return { shape: 'half', tone: 'soon' };
    case 'ok':
      return { shape: 'none', tone: 'fine' };
  }
}

/** `Overdue 12 days`, `Due in 800 mi`, `OK until March 2027`. */
export function dueWords(due: Due, locale: Locale): string {
  const { reason } = due;
  if (reason.kind === 'date') {
    const days = Math.abs(reason.days);
    switch (due.state) {
      case 'overdue':
        return t('due-overdue-days', { days });
      case 'due':
        return t('due-today');
      case 'due_soon':
        return t('due-in-days', { days });
      case 'ok':
        return t('due-ok-until', { month: formatMonth(locale, reason.date) });
    }
  }
  const distance = formatDistance(locale, Math.abs(reason.remaining));
  switch (due.state) {
    case 'overdue':
      return t('due-overdue-distance', { distance });
    case 'due':
      return t('due-now');
    case 'due_soon':
      return t('due-in-distance', { distance });
    case 'ok':
      return t('due-ok-for-distance', { distance });
  }
}

/** A paper runs out rather than falling due: `Expired 12 days ago`, `Expires in 5 days`. */
export function expiryWords(due: Due, locale: Locale): string {
  if (due.reason.kind !== 'date') return dueWords(due, locale);
  const days = Math.abs(due.reason.days);
  switch (due.state) {
    case 'overdue':
      return t('due-expired-days', { days });
    case 'due':
      return t('due-expires-today');
    case 'due_soon':
      return t('due-expires-in-days', { days });
    case 'ok':
      return t('due-valid-until', { month: formatMonth(locale, due.reason.date) });
  }
}

/** Why, in a sentence: which date or which reading the state comes from. */
export function dueReason(due: Due, locale: Locale): string {
  return due.reason.kind === 'date'
    ? t('due-reason-date', { date: formatDate(locale, due.reason.date) })
    : t('due-reason-mileage', { distance: formatDistance(locale, due.reason.mileage) });
}

const RANK = { overdue: 0, due: 1, due_soon: 2, ok: 3 } as const;

export type DueKind = keyof DueStates;

export interface KindOfDue {
  kind: DueKind;
  due: Due;
}

/** What is set on a vehicle, most urgent first; the service first among equals. */
export function dueKinds(states: DueStates): KindOfDue[] {
  const kinds: DueKind[] = ['service', 'registration', 'insurance', 'warranty'];
  return kinds
    .flatMap((kind) => {
      const due = states[kind];
      return due ? [{ kind, due }] : [];
    })
    .sort((a, b) => RANK[a.due.state] - RANK[b.due.state]);
}

/** What asks for attention. */
export const pressing = (states: DueStates): KindOfDue[] =>
  dueKinds(states).filter(({ due }) => due.state !== 'ok');

/** Work and a call fall due, a paper expires. */
export const kindWords = (
  { kind, due }: { kind: DueKind | AlertKind; due: Due },
  locale: Locale,
): string =>
  kind === 'service' || kind === 'follow_up' ? dueWords(due, locale) : expiryWords(due, locale);
