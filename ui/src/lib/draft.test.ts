import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const kept = new Map<string, unknown>();

vi.mock('./ipc', () => ({
  desk: {
    draftSave: async (key: string, content: unknown) => void kept.set(key, content),
    draftLoad: async (key: string) => kept.get(key) ?? null,
    draftClear: async (key: string) => void kept.delete(key),
  },
}));

const { Draft } = await import('./draft.svelte');

beforeEach(() => {
  kept.clear();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('what is typed is kept after a pause, and put back', async () => {
  const draft = new Draft<{ name: string }>('form');
  draft.keep({ name: 'Ma' });
  draft.keep({ name: 'Maria' });
  expect(kept.size).toBe(0);
  await vi.runAllTimersAsync();
  expect(kept.get('form')).toEqual({ name: 'Maria' });

  const again = new Draft<{ name: string }>('form');
  expect(await again.load()).toEqual({ name: 'Maria' });
  expect(again.isRestored).toBe(true);
});

test('leaving the form keeps the last word at once', () => {
  const draft = new Draft<{ name: string }>('form');
  draft.keep({ name: 'Maria' });
  draft.flush();
  expect(kept.get('form')).toEqual({ name: 'Maria' });
});

test('a saved form leaves no draft, not even one that was on its way', async () => {
  const draft = new Draft<{ name: string }>('form');
  draft.keep({ name: 'Maria' });
  await draft.finish();
  // Read from a VIN, say, and answered late.
  draft.keep({ name: 'Maria' });
  draft.flush();
  await vi.runAllTimersAsync();
  expect(kept.size).toBe(0);
});

test('a discarded form can be typed into again', async () => {
  const draft = new Draft<{ name: string }>('form');
  draft.keep({ name: 'Maria' });
  await draft.clear();
  draft.keep({ name: 'Noah' });
  draft.flush();
  expect(kept.get('form')).toEqual({ name: 'Noah' });
});

test('a draft of something else waits and is not written over', async () => {
  kept.set('form', { name: 'Maria' });
  const draft = new Draft<{ name: string }>('form');
  const isOfNoah = (found: { name: string }) => found.name === 'Noah';
  expect(await draft.loadOf('noah', isOfNoah)).toBeNull();
  expect(draft.isRestored).toBe(false);
  expect(draft.other).toEqual({ name: 'Maria' });
  draft.keep({ name: 'Noah' });
  draft.flush();
  expect(kept.get('form')).toEqual({ name: 'Maria' });

  const again = new Draft<{ name: string }>('form');
  expect(await again.loadOf('noah', isOfNoah)).toEqual({ name: 'Noah' });
  expect(again.takeOther()).toEqual({ name: 'Maria' });
  again.keep({ name: 'Maria B.' });
  await again.finish();
  expect([...kept.values()]).toEqual([{ name: 'Noah' }]);
});

test('nothing kept is nothing restored', async () => {
  const draft = new Draft<{ name: string }>('form');
  expect(await draft.load()).toBeNull();
  expect(draft.isRestored).toBe(false);
});
