// The calendar by key: from day to day, into a day and out of it.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { desk } from '../../lib/ipc';
import { router } from '../../lib/router.svelte';
import { dated, deskWith, sitDown } from '../../test/alerts';
import Frame from '../../test/Frame.svelte';
import Calendar from './Calendar.svelte';

beforeEach(async () => {
  vi.restoreAllMocks();
  router.replace('/alerts/calendar');
});

async function show(country = 'DE') {
  await sitDown({ country });
  const { answers } = deskWith([]);
  const days = vi.spyOn(desk, 'alertDays').mockResolvedValue([
    { date: '2026-11-30', kind: 'service', count: 3 },
    { date: '2026-11-30', kind: 'insurance', count: 1 },
  ]);
  const lines = vi
    .spyOn(desk, 'alertsBetween')
    .mockImplementation(async (from) =>
      from === '2026-11-30' ? [dated('a', 3), dated('b', 3, { state: 'seen' })] : [],
    );
  render(Frame, { view: Calendar });
  await screen.findByText(/choose one, or press Enter/);
  const today = screen.getByRole('button', { current: 'date' });
  today.focus();
  return { answers, days, lines, key: (text: string) => userEvent.keyboard(text) };
}

const focused = () => document.activeElement?.id.replace('on-', '');
const heads = () => screen.getAllByRole('columnheader').map((head) => head.textContent.trim());
const title = () => screen.getByRole('heading', { level: 2 }).textContent;

describe('days', () => {
  test('say how much they have of which kind', async () => {
    await show();
    const day = screen.getByRole('button', { name: /November 30, 2026|30 November 2026/ });
    expect(day.textContent).toContain('3 Service, 1 Insurance');
    expect(within(day).getByText('3')).toBeTruthy();
  });

  test('begin with the first of the week of that country', async () => {
    await show();
    expect(heads()[0]).toBe('Mon');
  });

  test('begin on Sunday in the United States', async () => {
    await show('US');
    expect(heads()[0]).toBe('Sun');
  });

  test('are asked for by whole weeks', async () => {
    const { days } = await show();
    expect(days).toHaveBeenCalledExactlyOnceWith('2026-10-26', '2026-12-06');
  });

  test('one at a time can be reached with Tab', async () => {
    await show();
    const grid = screen.getByRole('grid');
    const stops = within(grid)
      .getAllByRole('button')
      .filter((one) => one.tabIndex === 0);
    expect(stops.map(({ id }) => id)).toEqual(['on-2026-11-27']);
  });
});

describe('keys', () => {
  test.each([
    ['{ArrowRight}', '2026-11-28'],
    ['{ArrowUp}', '2026-11-20'],
    ['{Home}', '2026-11-23'],
    ['{End}', '2026-11-29'],
    ['{PageDown}', '2026-12-27'],
    ['{PageUp}{PageUp}', '2026-09-27'],
    ['{PageDown}h', '2026-11-27'],
  ])('%s leads to %s', async (pressed, day) => {
    const { key } = await show();
    await key(pressed);
    await waitFor(() => expect(focused()).toBe(day));
  });

  test('another month is asked for, and named', async () => {
    const { key, days } = await show();
    expect(title()).toBe('November 2026');
    await key('{PageDown}');
    await waitFor(() => expect(title()).toBe('December 2026'));
    expect(days).toHaveBeenLastCalledWith('2026-11-30', '2027-01-03');
  });

  test('W shows a week, M the month again', async () => {
    const { key, days } = await show();
    await key('w');
    expect(within(screen.getByRole('grid')).getAllByRole('gridcell')).toHaveLength(7);
    expect(days).toHaveBeenLastCalledWith('2026-11-23', '2026-11-29');
    await key('m');
    expect(within(screen.getByRole('grid')).getAllByRole('gridcell')).toHaveLength(42);
  });
});

describe('a day', () => {
  async function opened() {
    const made = await show();
    await made.key('{ArrowRight}{ArrowRight}{ArrowRight}{Enter}');
    await screen.findByText('Car a');
    return made;
  }
  const list = () => screen.getByRole('grid', { name: /30/ });

  test('shows its lines on Enter, and what was done about them', async () => {
    const { lines } = await opened();
    expect(lines).toHaveBeenCalledExactlyOnceWith('2026-11-30', '2026-11-30');
    expect(within(list()).getByText('Seen')).toBeTruthy();
    expect(focused()).toBe('2026-11-30');
  });

  test('is entered by Enter once more, and acted on as in the list', async () => {
    const { key, answers } = await opened();
    await key('{Enter}');
    expect(document.activeElement).toBe(list());
    await key('jd');
    expect(answers).toHaveBeenCalledExactlyOnceWith(['b'], { deed: 'done', snooze: null });
  });

  test('closes on Escape, and the focus is on it again', async () => {
    const { key } = await opened();
    const back = vi.spyOn(router, 'back').mockImplementation(() => undefined);
    await key('{Enter}{Escape}');
    await waitFor(() => expect(screen.queryByText('Car a')).toBeNull());
    await waitFor(() => expect(focused()).toBe('2026-11-30'));
    expect(back).not.toHaveBeenCalled();
  });

  test('without alerts says so', async () => {
    const { key } = await show();
    await key('{Enter}');
    expect(await screen.findByText('Nothing comes up on this day.')).toBeTruthy();
  });
});
