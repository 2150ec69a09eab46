// What another desk writes into a field while somebody edits it.
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { customerFields } from '../lib/fields';
import InPlace from './InPlace.svelte';

const onsave = vi.fn(async () => undefined);
const whoChanged = vi.fn(async () => 'Sam');
const props = (value: string) => ({ spec: customerFields.city, value, onsave, whoChanged });

const field = () => screen.getByRole('textbox', { name: 'City' });

beforeEach(() => {
  onsave.mockClear();
  whoChanged.mockClear();
});

async function editing(typed: string) {
  const { rerender } = render(InPlace, props('Columbus'));
  await userEvent.click(screen.getByRole('button', { name: /^City/ }));
  if (typed) await userEvent.keyboard(typed);
  await rerender(props('Dublin'));
}

describe('a field that is changed elsewhere while it is edited', () => {
  test('keeps what is being typed, and says what it holds now and by whom', async () => {
    await editing('Bexley');
    expect(field()).toHaveProperty('value', 'Bexley');
    expect(document.activeElement).toBe(field());
    expect(await screen.findByText('Changed to “Dublin” by Sam meanwhile.')).toBeTruthy();
  });

  test('lets one take it', async () => {
    await editing('Bexley');
    await userEvent.click(screen.getByRole('button', { name: 'Take it' }));
    expect(onsave).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'City Dublin' })).toBeTruthy();
  });

  test('or go on typing', async () => {
    await editing('Bexley');
    await userEvent.click(screen.getByRole('button', { name: 'Keep typing' }));
    expect(document.activeElement).toBe(field());
    expect(screen.queryByText(/meanwhile/)).toBeNull();
    await userEvent.keyboard('{End}!{Enter}');
    expect(onsave).toHaveBeenCalledExactlyOnceWith('Bexley!', false);
  });

  test('whoever typed nothing takes nothing back by leaving', async () => {
    await editing('');
    await userEvent.tab();
    await userEvent.tab();
    await userEvent.tab();
    expect(onsave).not.toHaveBeenCalled();
    expect(await screen.findByRole('button', { name: 'City Dublin' })).toBeTruthy();
  });

  test('Enter without typing takes nothing back either', async () => {
    await editing('');
    await userEvent.keyboard('{Enter}');
    expect(onsave).not.toHaveBeenCalled();
  });
});
