// The settings of alerts: each change is saved at once, and what the PC cannot do is said.
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { CommandFailure, desk, failureOf, type NoticeState } from '../../lib/ipc';
import { session } from '../../lib/session.svelte';
import { sitDown } from '../../test/alerts';
import Frame from '../../test/Frame.svelte';
import { entry } from '../../test/popup';
import Alerts from './Alerts.svelte';

const STATE: NoticeState = {
  service: 'GNOME Shell',
  paused_until: null,
  calendar_file: '/data/calendar.ics',
  tray: true,
  autostart: false,
};

beforeEach(() => {
  vi.restoreAllMocks();
});

async function show(state: Partial<NoticeState> = {}, settings: Record<string, string> = {}) {
  await sitDown({
    notifications: 'on',
    working_days: 'monday,tuesday,wednesday,thursday,friday',
    close_to_tray: 'off',
    alert_detail: 'everything',
    ...settings,
  });
  vi.spyOn(desk, 'noticeState').mockResolvedValue({ ...STATE, ...state });
  const save = vi
    .spyOn(desk, 'saveSettings')
    .mockImplementation(async (changes) => ({ ...session.settings, ...changes }));
  render(Frame, { view: Alerts });
  await screen.findByRole('button', { name: /calendar\.ics/ });
  return save;
}

const press = (name: string | RegExp, role = 'button') =>
  userEvent.click(screen.getByRole(role, { name }));

describe('of the whole garage', () => {
  test('lead days of every kind are edited in place', async () => {
    const save = await show();
    await press(/^Service reminders, days before/);
    await userEvent.keyboard('{Control>}a{/Control}14, 3{Enter}');
    await waitFor(() =>
      expect(save).toHaveBeenCalledExactlyOnceWith({ service_lead_days: '14, 3' }),
    );
    expect(screen.getAllByRole('button', { name: /reminders, days before/ })).toHaveLength(5);
  });

  test('what is wrong with them stands beside them', async () => {
    const save = await show();
    save.mockRejectedValue(
      new CommandFailure(
        failureOf('invalid', [
          { field: 'warranty_lead_days', code: 'not_lead_days', args: { found: 'soon' } },
        ]),
      ),
    );
    await press(/^Warranty reminders/);
    await userEvent.keyboard('soon{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('such as 30, 14, 7, 1, 0');
  });

  test('how much a notification tells is chosen', async () => {
    const save = await show();
    await press(/^Notifications tell/, 'combobox');
    await userEvent.click(await entry('Only what is due'));
    expect(save).toHaveBeenCalledExactlyOnceWith({ alert_detail: 'kind' });
  });
});

describe('of this PC', () => {
  test('notifications are switched', async () => {
    const save = await show();
    await press('Notifications', 'switch');
    expect(save).toHaveBeenCalledExactlyOnceWith({ notifications: 'off' });
  });

  test('quiet hours are typed as any time', async () => {
    const save = await show();
    await press(/^Quiet from/);
    await userEvent.keyboard('6 pm{Enter}');
    expect(save).toHaveBeenCalledExactlyOnceWith({ quiet_from: '18:00' });
  });

  test('working days are ticked, and all of them are no restriction', async () => {
    const save = await show(
      {},
      { working_days: 'monday,tuesday,wednesday,thursday,friday,sunday' },
    );
    await press('Sunday', 'checkbox');
    expect(save).toHaveBeenLastCalledWith({
      working_days: 'monday,tuesday,wednesday,thursday,friday',
    });
    await press('Sunday', 'checkbox');
    await press('Saturday', 'checkbox');
    expect(save).toHaveBeenLastCalledWith({ working_days: '' });
  });

  test('the last working day stays', async () => {
    await show({}, { working_days: 'monday' });
    expect(screen.getByRole('checkbox', { name: 'Monday' })).toHaveProperty('disabled', true);
  });

  test('one is tried, and what came of it is said', async () => {
    await show();
    const tried = vi.spyOn(desk, 'tryNotice').mockResolvedValue(null);
    await press('Try one');
    expect(await screen.findByText('One was shown just now.')).toBeTruthy();
    tried.mockRejectedValue(new CommandFailure(failureOf('no_notices')));
    await press('Try one');
    expect(await screen.findByText(/No notification service answers/)).toBeTruthy();
  });

  test('without a service the page says that the list still works', async () => {
    await show({ service: null });
    expect(screen.getByText(/The list and its badge still work/)).toBeTruthy();
  });

  test('an hour of pause begins and ends', async () => {
    await show();
    const pause = vi.spyOn(desk, 'pauseNotices').mockImplementation(async (minutes) => ({
      ...STATE,
      paused_until: minutes > 0 ? '2026-11-27T13:00:00Z' : null,
    }));
    await press('Pause for an hour');
    expect(pause).toHaveBeenLastCalledWith(60);
    expect(await screen.findByText(/^Paused until/)).toBeTruthy();
    await press('End the pause');
    expect(pause).toHaveBeenLastCalledWith(0);
    expect(await screen.findByRole('button', { name: 'Pause for an hour' })).toBeTruthy();
  });

  test('it starts with the session, where that can be set', async () => {
    await show();
    const set = vi.spyOn(desk, 'setAutostart').mockResolvedValue({ ...STATE, autostart: true });
    await press('Start with the session', 'switch');
    expect(set).toHaveBeenCalledExactlyOnceWith(true);
    await waitFor(() =>
      expect(
        screen.getByRole('switch', { name: 'Start with the session' }).getAttribute('aria-checked'),
      ).toBe('true'),
    );
  });

  test('says where it cannot', async () => {
    await show({ autostart: null });
    expect(screen.queryByRole('switch', { name: 'Start with the session' })).toBeNull();
    expect(screen.getByText('This cannot be set on this PC.')).toBeTruthy();
  });

  test('closes to the tray where there is one', async () => {
    const save = await show();
    await press('Close to tray', 'switch');
    expect(save).toHaveBeenCalledExactlyOnceWith({ close_to_tray: 'on' });
  });

  test('has no such switch where there is none', async () => {
    await show({ tray: false });
    expect(screen.queryByRole('switch', { name: 'Close to tray' })).toBeNull();
  });
});
