import { afterEach, describe, expect, test, vi } from 'vitest';

import { ariaKeys, keys, nameOf, takesText } from './keys.svelte';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  document.body.replaceChildren();
});

function offer(keysOf: string, scope: 'everywhere' | 'here' = 'everywhere') {
  const run = vi.fn();
  stops.push(keys.offer(scope, [{ keys: keysOf, label: 'action-find', run }]));
  return run;
}

function press(init: KeyboardEventInit, target: EventTarget = document.body) {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  keys.handle(event);
  return event;
}

function add<K extends keyof HTMLElementTagNameMap>(tag: K): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  document.body.append(element);
  return element;
}

test('a key press has the name of its shortcut', () => {
  const name = (init: KeyboardEventInit) => nameOf(new KeyboardEvent('keydown', init));
  expect(name({ key: 'C' })).toBe('c');
  expect(name({ key: '?', shiftKey: true })).toBe('?');
  expect(name({ key: 'z', ctrlKey: true })).toBe('ctrl+z');
  expect(name({ key: 'k', metaKey: true })).toBe('ctrl+k');
  expect(name({ key: 'Tab', shiftKey: true })).toBe('shift+tab');
});

describe('bare letters', () => {
  test('fire on the page', () => {
    const run = offer('c');
    expect(press({ key: 'c' }).defaultPrevented).toBe(true);
    expect(run).toHaveBeenCalledOnce();
  });

  test.each(['input', 'textarea', 'select'] as const)('never fire while a %s has focus', (tag) => {
    const run = offer('c');
    press({ key: 'c' }, add(tag));
    expect(run).not.toHaveBeenCalled();
  });

  test('fire on a checkbox, which takes no text', () => {
    const box = add('input');
    box.type = 'checkbox';
    expect(takesText(box)).toBe(false);
    const run = offer('c');
    press({ key: 'c' }, box);
    expect(run).toHaveBeenCalledOnce();
  });

  test('never fire behind a sheet', () => {
    add('div').setAttribute('role', 'dialog');
    const run = offer('c');
    press({ key: 'c' });
    expect(run).not.toHaveBeenCalled();
  });
});

describe('Shift with a letter', () => {
  test('is the letter', () => {
    const run = offer('c');
    press({ key: 'C', shiftKey: true });
    expect(run).toHaveBeenCalledOnce();
  });

  test('is more where somebody offers more', () => {
    const letter = offer('x');
    const more = offer('shift+x');
    press({ key: 'X', shiftKey: true });
    expect(more).toHaveBeenCalledOnce();
    expect(letter).not.toHaveBeenCalled();
  });
});

test('Space is left to a control that has it for itself', () => {
  const run = offer('space');
  press({ key: ' ' }, add('button'));
  expect(run).not.toHaveBeenCalled();
  press({ key: ' ' });
  expect(run).toHaveBeenCalledOnce();
});

describe('Escape', () => {
  test('goes back from a field too', () => {
    const run = offer('escape');
    press({ key: 'Escape' }, add('input'));
    expect(run).toHaveBeenCalledOnce();
  });

  test('is left to a field that has its own use for it', () => {
    const run = offer('escape');
    const field = add('input');
    field.addEventListener('keydown', (event) => event.preventDefault());
    press({ key: 'Escape' }, field);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('control keys', () => {
  test('find works while typing', () => {
    const run = offer('ctrl+k');
    press({ key: 'k', ctrlKey: true }, add('input'));
    expect(run).toHaveBeenCalledOnce();
  });

  test('marking all is left to the field that is typed into', () => {
    const run = offer('ctrl+a');
    press({ key: 'a', ctrlKey: true }, add('input'));
    expect(run).not.toHaveBeenCalled();
  });

  test('undo is left to the field that is typed into', () => {
    const run = offer('ctrl+z');
    press({ key: 'z', ctrlKey: true }, add('input'));
    expect(run).not.toHaveBeenCalled();
    press({ key: 'z', ctrlKey: true });
    expect(run).toHaveBeenCalledOnce();
  });
});

test('what a page offers goes before what is offered everywhere, and ends with it', () => {
  const everywhere = offer('n');
  const here = offer('n', 'here');
  press({ key: 'n' });
  expect(here).toHaveBeenCalledOnce();
  expect(everywhere).not.toHaveBeenCalled();
  stops.pop()?.();
  press({ key: 'n' });
  expect(everywhere).toHaveBeenCalledOnce();
});

test('shortcuts are told to assistive technology', () => {
  expect(ariaKeys('c')).toBe('C');
  expect(ariaKeys('ctrl+enter')).toBe('Control+Enter');
});
