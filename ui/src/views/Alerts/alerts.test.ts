// The call list by hand and by key.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { feedback } from '../../lib/feedback.svelte';
import { CommandFailure, desk, failureOf, type AlertLine } from '../../lib/ipc';
import { router } from '../../lib/router.svelte';
import { dated, deskWith, sitDown } from '../../test/alerts';
import Frame from '../../test/Frame.svelte';
import { entry } from '../../test/popup';
import Alerts from './Alerts.svelte';

const LINES = [
  dated('a', -9),
  dated('b', -4),
  dated('c', -1, { kind: 'insurance' }),
  dated('d', 0),
  dated('e', 12),
];

beforeEach(async () => {
  vi.restoreAllMocks();
  await sitDown();
  router.replace('/alerts');
  for (const toast of feedback.toasts) feedback.dismiss(toast.id);
});

async function show(lines: AlertLine[] = LINES, total?: number) {
  const made = deskWith(lines, total);
  render(Frame, { view: Alerts });
  await waitFor(() => expect(desk.alertPage).toHaveBeenCalled());
  if (lines.some((line) => line.state === 'raised')) await screen.findByRole('grid');
  return { ...made, key: (text: string) => userEvent.keyboard(text) };
}

const rows = () =>
  screen.getAllByRole('row').filter((row) => row.hasAttribute('aria-selected')) as HTMLElement[];
const shownIds = () => rows().map(({ id }) => id.replace('alert-', ''));
const marked = () =>
  rows()
    .filter((row) => row.getAttribute('aria-selected') === 'true')
    .map(({ id }) => id.replace('alert-', ''));
const active = () =>
  screen.getByRole('grid').getAttribute('aria-activedescendant')?.replace('alert-', '');
const toastText = () => feedback.toasts.at(-1)?.text;

describe('the list', () => {
  test('stands under its days, most urgent first', async () => {
    await show();
    expect(screen.getAllByRole('rowheader').map((head) => head.textContent.trim())).toEqual([
      'Overdue 3',
      'Due today 1',
      'Later 1',
    ]);
    expect(shownIds()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('says of each what, how urgent, whom to call, and when they were here', async () => {
    await show([dated('a', -9)]);
    const [row] = rows();
    for (const text of ['Overdue 9 days', 'Service', 'Car a', 'Owner a', 'Jan 5, 2026']) {
      expect(row?.textContent).toContain(text);
    }
    expect(
      within(row as HTMLElement).getByRole('button', { name: 'Copy Phone: (614) 555-1000' }),
    ).toBeTruthy();
  });

  test('says when it is not all of them', async () => {
    await show(LINES, 1_234);
    expect(await screen.findByTestId('result-count')).toHaveProperty(
      'textContent',
      'The 5 most urgent of 1,234',
    );
  });

  test('is narrowed by state and kind', async () => {
    const { page } = await show();
    await userEvent.click(screen.getByRole('radio', { name: /^Coming/ }));
    expect(page).toHaveBeenLastCalledWith(
      expect.objectContaining({ states: ['scheduled'], within_days: 30 }),
    );
    expect(await screen.findByRole('combobox', { name: /^Within/ })).toBeTruthy();
    await userEvent.click(screen.getByRole('combobox', { name: /^Kind/ }));
    await userEvent.click(await entry('Insurance'));
    expect(page).toHaveBeenLastCalledWith(expect.objectContaining({ kinds: ['insurance'] }));
  });

  test('without lines says what comes next', async () => {
    const { page } = await show([]);
    expect(await screen.findByText(/Nobody to call now/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show what is coming' }));
    expect(page).toHaveBeenLastCalledWith(expect.objectContaining({ states: ['scheduled'] }));
  });

  test('a failure stands there, with the way to try again', async () => {
    vi.spyOn(desk, 'alertPage').mockRejectedValue(new CommandFailure(failureOf('busy')));
    render(Frame, { view: Alerts });
    expect((await screen.findByRole('alert')).textContent).toContain('Another program is writing');
  });
});

describe('keys', () => {
  test('J, K and the arrows move, Enter opens the record', async () => {
    const go = vi.spyOn(router, 'go').mockImplementation(() => undefined);
    const { key } = await show();
    await key('jj');
    expect(active()).toBe('b');
    await key('{ArrowDown}k');
    expect(active()).toBe('b');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
    await key('{Enter}');
    expect(go).toHaveBeenCalledExactlyOnceWith('/vehicles/vehicle-b');
  });

  test('X and Space mark, with Shift up to here, Ctrl+A all, Escape none', async () => {
    const { key } = await show();
    await key('jx');
    expect(marked()).toEqual(['a']);
    await key('jj{Shift>}X{/Shift}');
    expect(marked()).toEqual(['a', 'b', 'c']);
    await key(' ');
    expect(marked()).toEqual(['a', 'b']);
    await key('{Control>}a{/Control}');
    expect(marked()).toHaveLength(5);
    expect(screen.getByText('5 marked')).toBeTruthy();
    await key('{Escape}');
    expect(marked()).toEqual([]);
  });

  test('Shift with an arrow marks on the way', async () => {
    const { key } = await show();
    await key('j{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(marked()).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['d', 'done', 'Service, Car a: done'],
    ['v', 'seen', 'Service, Car a: seen'],
    ['o', 'open', 'Service, Car a: open again'],
  ])('%s answers the line, and offers to undo it', async (letter, deed, said) => {
    const { key, answers } = await show();
    await key(`j${letter}`);
    expect(answers).toHaveBeenCalledExactlyOnceWith(['a'], { deed, snooze: null });
    await waitFor(() => expect(toastText()).toBe(said));
    const undo = vi.spyOn(desk, 'undoStep').mockRejectedValue(new Error());
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(undo).toHaveBeenCalledExactlyOnceWith('step-1');
  });

  test('before any line has them, keys do nothing', async () => {
    const { key, answers } = await show();
    await key('dvs');
    expect(answers).not.toHaveBeenCalled();
    expect(screen.queryByRole('menu')).toBeNull();
  });

  test('the line in its place has the focus when one leaves', async () => {
    const { key } = await show();
    await key('jjd');
    await waitFor(() => expect(shownIds()).toEqual(['a', 'c', 'd', 'e']));
    expect(active()).toBe('c');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });

  test('S asks for how long', async () => {
    const { key, answers } = await show();
    await key('js');
    await userEvent.click(await entry('For a week'));
    expect(answers).toHaveBeenCalledExactlyOnceWith(['a'], {
      deed: 'snoozed',
      snooze: { for: 'week' },
    });
  });

  test('a refusal is said, and nothing is lost', async () => {
    const { key, answers } = await show();
    answers.mockRejectedValueOnce(new CommandFailure(failureOf('busy')));
    await key('jxd');
    await waitFor(() => expect(toastText()).toContain('Another program is writing'));
    expect(marked()).toEqual(['a']);
  });
});

describe('what is marked is answered together', () => {
  test('in one step', async () => {
    const { key, answers } = await show();
    await key('jxjxd');
    expect(answers).toHaveBeenCalledExactlyOnceWith(['a', 'b'], { deed: 'done', snooze: null });
    await waitFor(() => expect(toastText()).toBe('2 alerts: done'));
    await waitFor(() => expect(shownIds()).toEqual(['c', 'd', 'e']));
    expect(marked()).toEqual([]);
  });

  test('until a day', async () => {
    const { key, answers } = await show();
    await key('{Control>}a{/Control}s');
    await userEvent.click(await entry('Until a date…'));
    const sheet = await screen.findByRole('dialog');
    expect(sheet.textContent).toContain('5 alerts');
    await userEvent.type(within(sheet).getByRole('textbox'), '11/01/2026{Enter}');
    expect(answers).not.toHaveBeenCalled();
    expect(sheet.textContent).toContain('This has passed');
    await userEvent.click(within(sheet).getByRole('button', { name: 'Thu, Dec 3' }));
    await userEvent.click(within(sheet).getByRole('button', { name: 'Snooze' }));
    expect(answers).toHaveBeenCalledExactlyOnceWith(['a', 'b', 'c', 'd', 'e'], {
      deed: 'snoozed',
      snooze: { for: 'until', date: '2026-12-03' },
    });
  });

  test('a click beside a line marks it, with Shift all up to there', async () => {
    const go = vi.spyOn(router, 'go').mockImplementation(() => undefined);
    await show();
    const user = userEvent.setup();
    const cell = (at: number) => within(rows()[at] as HTMLElement).getAllByRole('gridcell')[0];
    await user.click(cell(1) as HTMLElement);
    await user.keyboard('{Shift>}');
    await user.click(rows()[3] as HTMLElement);
    await user.keyboard('{/Shift}');
    expect(marked()).toEqual(['b', 'c', 'd']);
    expect(go).not.toHaveBeenCalled();
    await user.click(rows()[0] as HTMLElement);
    expect(go).toHaveBeenCalledExactlyOnceWith('/vehicles/vehicle-a');
  });
});

describe('a call', () => {
  const sheet = () => screen.findByRole('dialog', { name: 'Called' });

  test('is noted and done in one step', async () => {
    const { key, calls } = await show();
    await key('jt');
    const called = await sheet();
    expect(called.textContent).toContain('Owner a');
    await userEvent.type(
      within(called).getByRole('textbox', { name: 'What came of it' }),
      'called, wants Thursday',
    );
    await userEvent.click(within(called).getByRole('button', { name: 'Save call' }));
    expect(calls).toHaveBeenCalledExactlyOnceWith('a', 'called, wants Thursday', {
      deed: 'done',
      snooze: null,
    });
    await waitFor(() => expect(toastText()).toBe('Call to Owner a noted'));
    await waitFor(() => expect(shownIds()).toEqual(['b', 'c', 'd', 'e']));
    expect(active()).toBe('b');
  });

  test('or puts it off until a day', async () => {
    const { key, calls } = await show();
    await key('jt');
    const called = await sheet();
    await userEvent.type(within(called).getByRole('textbox'), 'not at home');
    await userEvent.click(within(called).getByRole('radio', { name: 'Snooze until a date' }));
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(calls).not.toHaveBeenCalled();
    expect(called.textContent).toContain('Until is needed.');
    await userEvent.type(within(called).getByRole('textbox', { name: 'Until' }), '+6d');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(calls).toHaveBeenCalledExactlyOnceWith('a', 'not at home', {
      deed: 'snoozed',
      snooze: { for: 'until', date: '2026-12-03' },
    });
  });

  test('says what came of it, or it is none', async () => {
    const { key, calls } = await show();
    await key('jt');
    const called = await sheet();
    await userEvent.click(within(called).getByRole('button', { name: 'Save call' }));
    expect(calls).not.toHaveBeenCalled();
    expect(called.textContent).toContain('is needed.');
  });

  test('letters in the sheet are text, and nothing happens behind it', async () => {
    const { key, answers } = await show();
    await key('jt');
    await sheet();
    await key('dvx');
    expect(answers).not.toHaveBeenCalled();
  });
});

test('all of this has a key that the page tells', async () => {
  await show();
  const shortcuts = (name: string) =>
    screen.getByRole('button', { name }).getAttribute('aria-keyshortcuts');
  expect(shortcuts('Called')).toBe('T');
  expect(shortcuts('Snooze')).toBe('S');
});
