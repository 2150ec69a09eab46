// The badge of the alerts, and where it leads.
import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';

const told = vi.hoisted(() => ({ run: (_raised: number): void => undefined }));
vi.mock(import('../lib/ipc'), async (load) => ({
  ...(await load()),
  onAlertsChanged: (run: (raised: number) => void) => {
    told.run = run;
  },
}));

import { alertCount } from '../lib/alertcount.svelte';
import { changes } from '../lib/changes.svelte';
import { desk } from '../lib/ipc';
import { parsePath, pathOfPlace, PLACES } from '../lib/routes';
import { tellNews } from '../test/alerts';
import Rail from './Rail.svelte';

beforeEach(() => {
  alertCount.raised = 0;
});

const link = () => screen.getByRole('link', { name: /^Alerts/ });

test('no badge says zero', () => {
  render(Rail);
  expect(link().textContent.trim()).not.toMatch(/\d/);
});

test('the badge follows the desk, and what was written', async () => {
  const count = vi.spyOn(desk, 'alertCount').mockResolvedValue(3);
  render(Rail);
  alertCount.start();
  await waitFor(() => expect(link().textContent).toContain('3 open'));
  told.run(7);
  await waitFor(() => expect(link().textContent).toContain('7 open'));
  count.mockResolvedValue(6);
  tellNews();
  await waitFor(() => expect(link().textContent).toContain('6 open'));
  told.run(240);
  await waitFor(() => expect(link().textContent).toContain('99+'));
});

test('lists hear of what the desk tells as of any news', async () => {
  const heard = vi.fn();
  const stop = changes.on(() => ({ kinds: ['alert'] }), heard);
  told.run(1);
  await waitFor(() => expect(heard).toHaveBeenCalled());
  stop();
});

test('the place has a key and its own paths', () => {
  expect(PLACES.find(({ name }) => name === 'alerts')?.keys).toBe('b');
  expect(pathOfPlace('alerts')).toBe('/alerts');
  expect(parsePath('/alerts/calendar')).toMatchObject({ name: 'alertCalendar' });
});
