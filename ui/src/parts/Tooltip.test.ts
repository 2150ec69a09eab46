import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';

import Frame from '../test/Frame.svelte';
import Button from './Button.svelte';

let isOver = true;
const matches = Element.prototype.matches;

afterEach(() => vi.restoreAllMocks());

// No layout here: where the pointer is has to be said.
async function shown() {
  isOver = true;
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, wanted) {
    return wanted.includes(':hover')
      ? isOver && this.tagName === 'BUTTON'
      : matches.call(this, wanted);
  });
  const children = createRawSnippet(() => ({ render: () => '<span>Sync</span>' }));
  render(Frame, { view: Button as never, given: { keys: 'r', label: 'Sync now', children } });
  const button = screen.getByRole('button');
  await fireEvent.pointerEnter(button, { pointerType: 'mouse' });
  await fireEvent.pointerMove(button, { pointerType: 'mouse' });
  return waitFor(() => screen.getByText('Sync now'));
}

test('a tip stays with the pointer, and goes once it has left, though nothing was heard of it', async () => {
  await shown();
  const looks = vi.spyOn(document, 'querySelector');
  await waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3), { timeout: 5_000 });
  expect(screen.queryByText('Sync now')).not.toBeNull();
  isOver = false;
  await waitFor(() => expect(screen.queryByText('Sync now')).toBeNull());
});

test('a tip goes that the pointer had left when it opened', async () => {
  await shown();
  isOver = false;
  await waitFor(() => expect(screen.queryByText('Sync now')).toBeNull());
});
