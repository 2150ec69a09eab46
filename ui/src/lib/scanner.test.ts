import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Scanner } from './scanner';

type Key = Partial<KeyboardEvent> & { key: string; at: number };

/** A desk whose bare letters are all shortcuts; what was done, in its order. */
function desk() {
  const done: string[] = [];
  const listeners = new Map<string, (event: unknown) => void>();
  const view = {
    addEventListener: (name: string, listener: (event: unknown) => void) =>
      listeners.set(name, listener),
    removeEventListener: () => undefined,
  };
  const scanner = new Scanner({
    onscan: (code) => done.push(`scan ${code}`),
    onlines: (text) => done.push(`lines ${text}`),
    onkey: (event) => done.push(event.key),
    acts: (event) => event.key.length === 1,
  });
  scanner.start(view as unknown as Window);
  const press = ({ at, ...event }: Key) => {
    let isHeld = false;
    listeners.get('keydown')?.({
      isTrusted: true,
      target: document.body,
      timeStamp: at,
      preventDefault: () => undefined,
      stopImmediatePropagation: () => (isHeld = true),
      ...event,
    });
    if (!isHeld && event.key !== 'Control')
      done.push(event.ctrlKey ? `ctrl+${event.key}` : event.key);
  };
  return { done, press };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a key that waits is pressed before the chord that follows it', () => {
  const { done, press } = desk();
  press({ key: 'j', at: 0 });
  press({ key: 'Control', ctrlKey: true, at: 15 });
  press({ key: 'k', ctrlKey: true, at: 20 });
  vi.runAllTimers();
  expect(done).toEqual(['j', 'ctrl+k']);
});

test('a chord ends what was typed quickly: the next key is one of a hand', () => {
  const { done, press } = desk();
  ['b', 'r', 'a', 'k', 'e'].forEach((key, at) => press({ key, at }));
  press({ key: 'Enter', ctrlKey: true, at: 10 });
  press({ key: 'n', at: 100 });
  vi.runAllTimers();
  expect(done).toEqual(['ctrl+Enter', 'n']);
});

test('a scanned code is one thing, and none of its letters a shortcut', () => {
  const { done, press } = desk();
  const code = 'WVWZZZ1JZXW000001';
  [...code, 'Enter'].forEach((key, at) => press({ key, at: at * 5 }));
  vi.runAllTimers();
  expect(done).toEqual([`scan ${code}`]);
});

test('a licence is one text of lines, whatever ends them, and none of them an Enter', () => {
  const { done, press } = desk();
  let at = 0;
  const type = (text: string) => [...text].forEach((key) => press({ key, at: (at += 5) }));
  type('@');
  press({ key: 'Enter', at: (at += 5) });
  press({ key: '^', ctrlKey: true, at: (at += 5) });
  press({ key: 'm', ctrlKey: true, at: (at += 5) });
  type('ANSI 636023');
  press({ key: 'Enter', at: (at += 5) });
  type('DCSNG');
  vi.runAllTimers();
  expect(done).toEqual(['lines @\n\n\nANSI 636023\nDCSNG']);
  // What a hand presses after it is its own.
  press({ key: 'j', at: at + 1_000 });
  vi.runAllTimers();
  expect(done.slice(1)).toEqual(['j']);
});

test('a mark that a hand types begins nothing', () => {
  const { done, press } = desk();
  press({ key: '@', at: 0 });
  press({ key: 'Enter', at: 200 });
  vi.runAllTimers();
  expect(done).toEqual(['@', 'Enter']);
});
