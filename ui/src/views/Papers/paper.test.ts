// One paper: shown at once or when somebody asks, turned, zoomed, gone through by key.
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { CommandFailure, desk, failureOf, type PaperLine, type ShownPaper } from '../../lib/ipc';
import { looking } from '../../lib/looking.svelte';
import { router } from '../../lib/router.svelte';
import { SAVED, sitDown } from '../../test/alerts';
import Frame from '../../test/Frame.svelte';
import { cardOf, paper } from '../../test/papers';
import { entry } from '../../test/popup';
import Paper from './Paper.svelte';

const NONE: ShownPaper = { token: null, pages: 0, width: 0, height: 0, text: null, trouble: null };

beforeEach(async () => {
  vi.restoreAllMocks();
  await sitDown();
  vi.spyOn(desk, 'hidePaper').mockResolvedValue(null);
  looking.ids = ['a', 'b', 'c'];
  router.replace('/documents/b');
});

async function show(line: PaperLine, shown: Partial<ShownPaper> = { text: 'hello' }) {
  vi.spyOn(desk, 'paperCard').mockResolvedValue(cardOf(line));
  const look = vi.spyOn(desk, 'showPaper').mockResolvedValue({ ...NONE, ...shown });
  render(Frame, { view: Paper, given: { id: line.id } });
  await screen.findByRole('heading', { level: 1 });
  return look;
}

test('a plain paper is shown at once', async () => {
  await show(paper('b'));
  expect((await screen.findByTestId('paper-text')).textContent).toBe('hello');
});

test('a sensitive one is masked until somebody asks', async () => {
  const look = await show(paper('b', { is_sensitive: true }));
  expect(screen.getByText(/Every look is written down/)).toBeTruthy();
  expect(look).not.toHaveBeenCalled();
  await userEvent.keyboard('v');
  await screen.findByTestId('paper-text');
  expect(look).toHaveBeenCalledOnce();
});

test('who looked is told of every desk for a sensitive paper, and of this PC for others', async () => {
  const at = '2026-11-20T10:00:00Z';
  for (const [isSensitive, title] of [
    [true, 'Who looked at it'],
    [false, 'Looked at on this PC'],
  ] as const) {
    const card = cardOf(paper('b', { is_sensitive: isSensitive }), {
      looks: [{ at, author: 'Eve', deed: 'copied' }],
    });
    vi.spyOn(desk, 'paperCard').mockResolvedValue(card);
    vi.spyOn(desk, 'showPaper').mockResolvedValue({ ...NONE, text: 'hello' });
    const { unmount } = render(Frame, { view: Paper, given: { id: 'b' } });
    expect(await screen.findByRole('heading', { name: title })).toBeTruthy();
    expect(screen.getByText('Copy saved')).toBeTruthy();
    unmount();
  }
});

test('a file that is not here yet is said calmly', async () => {
  vi.spyOn(desk, 'paperCard').mockResolvedValue(cardOf(paper('b')));
  vi.spyOn(desk, 'showPaper').mockRejectedValue(new CommandFailure(failureOf('file_not_here')));
  render(Frame, { view: Paper, given: { id: 'b' } });
  expect(await screen.findByText(/not at the server yet/)).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('what cannot be shown says why and leads to another program', async () => {
  await show(paper('b'), { trouble: 'locked' });
  expect(await screen.findByText(/its password opens it/)).toBeTruthy();
  const open = vi.spyOn(desk, 'openPaper').mockResolvedValue(null);
  await userEvent.keyboard('o');
  expect(open).toHaveBeenCalledWith('b');
});

test('keys go through the papers, zoom and turn', async () => {
  await show(paper('b'), { token: 't', pages: 2, width: 70, height: 100 });
  await waitFor(() => expect(screen.getByTestId('zoom').textContent).toBe('100%'));
  await screen.findByRole('button', { name: 'Rotate' });
  await userEvent.keyboard('+');
  expect(screen.getByTestId('zoom').textContent).toBe('125%');
  await userEvent.keyboard('0-');
  expect(screen.getByTestId('zoom').textContent).toBe('80%');
  await userEvent.keyboard('{ArrowRight}');
  expect(router.path).toBe('/documents/c');
});

test('one that is deleted gives way to the next, and can be had back', async () => {
  await show(paper('b'));
  vi.spyOn(desk, 'deleteRecord').mockResolvedValue(SAVED);
  await userEvent.click(screen.getByRole('button', { name: 'More actions' }));
  await userEvent.click(await entry('Delete'));
  await waitFor(() => expect(router.path).toBe('/documents/c'));
  expect(looking.ids).toEqual(['a', 'c']);
});
