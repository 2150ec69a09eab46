// Keys that belong to an input method reach nobody.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { guardComposition } from './composition';

let stop: () => void;
let field: HTMLInputElement;
const heard = vi.fn();

beforeEach(() => {
  heard.mockClear();
  document.body.innerHTML = '<input />';
  field = document.querySelector('input') as HTMLInputElement;
  stop = guardComposition();
  window.addEventListener('keydown', heard);
});
afterEach(() => {
  stop();
  window.removeEventListener('keydown', heard);
  vi.restoreAllMocks();
});

const press = (key: string, init: KeyboardEventInit = {}) =>
  field.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
  );
const compose = (what: 'start' | 'end') =>
  field.dispatchEvent(new CompositionEvent(`composition${what}`, { bubbles: true }));

test('Enter while composing', () => {
  compose('start');
  expect(press('Enter')).toBe(false);
  expect(heard).not.toHaveBeenCalled();
});

test('Enter that ends it, told of after its end as WebKit does', () => {
  compose('start');
  compose('end');
  expect(press('Enter', { keyCode: 13 })).toBe(false);
  expect(heard).not.toHaveBeenCalled();
});

test('a key that the input method has taken', () => {
  expect(press('Enter', { keyCode: 229 })).toBe(false);
  expect(heard).not.toHaveBeenCalled();
});

test('letters after a composition, and Enter a moment later, are keys again', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  compose('start');
  compose('end');
  press('a');
  expect(heard).toHaveBeenCalledTimes(1);
  now.mockReturnValue(1_100);
  expect(press('Enter')).toBe(true);
  expect(heard).toHaveBeenCalledTimes(2);
});

test('the Enter after the one that ended it, however quick, is somebody’s', () => {
  vi.spyOn(performance, 'now').mockReturnValue(1_000);
  compose('start');
  compose('end');
  expect(press('Enter')).toBe(false);
  expect(press('Enter')).toBe(true);
  expect(heard).toHaveBeenCalledTimes(1);
});
