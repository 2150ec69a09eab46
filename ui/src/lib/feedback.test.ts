import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { feedback } from './feedback.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const toast of feedback.toasts) feedback.dismiss(toast.id);
  vi.useRealTimers();
});

test('a toast leaves by itself, a failure waits for somebody', () => {
  feedback.toast('done');
  feedback.fail('not done');
  vi.advanceTimersByTime(60_000);
  expect(feedback.toasts.map(({ text }) => text)).toEqual(['not done']);
});

test('a toast that is looked at stays', () => {
  feedback.toast('done');
  const [toast] = feedback.toasts;
  feedback.hold(toast?.id ?? 0);
  vi.advanceTimersByTime(60_000);
  expect(feedback.toasts).toHaveLength(1);
  feedback.release(toast?.id ?? 0);
  vi.advanceTimersByTime(60_000);
  expect(feedback.toasts).toHaveLength(0);
});

test('the same words twice are read twice', () => {
  feedback.announce('Saved');
  const first = feedback.line;
  feedback.announce('Saved');
  expect(feedback.line).not.toBe(first);
});
