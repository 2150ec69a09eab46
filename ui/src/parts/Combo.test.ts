import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';

import Combo from './Combo.svelte';

const option = createRawSnippet((one: () => string) => ({
  render: () => `<span>${one()}</span>`,
}));

function show(options: string[], pending: boolean) {
  const onpick = vi.fn();
  const onenter = vi.fn();
  const props = {
    label: 'Find',
    text: 'abc',
    keyOf: (one: string) => one,
    option,
    ontext: () => undefined,
    inline: true,
    eager: true,
    onpick,
    onenter,
    options,
    pending,
  };
  const { rerender } = render(Combo<string>, props);
  return {
    onpick,
    onenter,
    answer: (found: string[]) => rerender({ options: found, pending: false }),
  };
}

const press = async (keys: string) => {
  screen.getByRole('combobox').focus();
  await userEvent.keyboard(keys);
};

test('Enter takes the best hit', async () => {
  const { onpick } = show(['ABC 1', 'ABC 2'], false);
  await press('{Enter}');
  expect(onpick).toHaveBeenCalledExactlyOnceWith('ABC 1');
});

test('Enter before the answer waits for it and takes its best hit, not one of the text before', async () => {
  const { onpick, answer } = show(['AB 9'], true);
  await press('{Enter}');
  expect(onpick).not.toHaveBeenCalled();
  await answer(['ABC 1']);
  expect(onpick).toHaveBeenCalledExactlyOnceWith('ABC 1');
});

test('Enter before an answer that finds nothing is Enter with nothing found', async () => {
  const { onpick, onenter, answer } = show(['AB 9'], true);
  await press('{Enter}');
  await answer([]);
  expect(onpick).not.toHaveBeenCalled();
  expect(onenter).toHaveBeenCalledExactlyOnceWith('abc');
});

test('leaving the box forgets the Enter that waited', async () => {
  const { onpick, answer } = show(['AB 9'], true);
  await press('{Enter}');
  screen.getByRole('combobox').blur();
  await answer(['ABC 1']);
  expect(onpick).not.toHaveBeenCalled();
});
