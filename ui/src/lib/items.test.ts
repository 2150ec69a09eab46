import { beforeEach, describe, expect, test, vi } from 'vitest';

import { actAndStay, pressIn } from './items';

const pressed = vi.fn<(what: string) => void>();

beforeEach(() => {
  pressed.mockClear();
  document.body.innerHTML = `<main tabindex="-1">
    <div data-group id="g"><button data-does="ctrl+m" id="all"></button>
      <div data-item id="a"><button data-does="m" data-stop id="a-m"></button></div>
      <div data-item id="b"><button data-does="m" data-stop id="b-m"></button></div>
    </div>
    <div data-item id="c"><button data-does="1" data-stop id="c-1"></button></div>
  </main>`;
  for (const button of document.querySelectorAll('button')) {
    button.addEventListener('click', () => pressed(button.id));
  }
});

const focus = (id: string) => document.getElementById(id)?.focus();

describe('keys of items', () => {
  test('mean the item that has the focus', () => {
    focus('b-m');
    pressIn('m');
    expect(pressed).toHaveBeenCalledExactlyOnceWith('b-m');
  });

  test('mean its group where only that has the key', () => {
    focus('b-m');
    pressIn('ctrl+m');
    expect(pressed).toHaveBeenCalledExactlyOnceWith('all');
  });

  test('mean the first item when none has the focus', () => {
    pressIn('m');
    expect(pressed).toHaveBeenCalledExactlyOnceWith('a-m');
  });

  test('do nothing where the focused item knows no such key', () => {
    focus('c-1');
    pressIn('m');
    expect(pressed).not.toHaveBeenCalled();
  });
});

describe('the focus after a decision', () => {
  test('goes to the item in the place of the one that is gone', async () => {
    focus('a-m');
    await actAndStay(async () => {
      document.getElementById('a')?.remove();
      return true;
    });
    expect(document.activeElement?.id).toBe('b-m');
  });

  test('goes to the page when nothing is left', async () => {
    for (const id of ['g']) document.getElementById(id)?.remove();
    focus('c-1');
    await actAndStay(async () => {
      document.getElementById('c')?.remove();
      return true;
    });
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  test('stays where it is when the decision was refused', async () => {
    focus('a-m');
    await actAndStay(async () => false);
    expect(document.activeElement?.id).toBe('a-m');
  });
});
