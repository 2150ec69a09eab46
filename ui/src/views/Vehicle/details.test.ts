import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import { desk, type Vehicle } from '../../lib/ipc';
import Frame from '../../test/Frame.svelte';
import VehicleDetails from './VehicleDetails.svelte';

test('a vehicle may have lead days of its own', async () => {
  const vehicle = { id: 'car', lead_days: '' } as Vehicle;
  const edit = vi
    .spyOn(desk, 'editRecord')
    .mockResolvedValue({ id: 'car', step: null, warnings: [] });
  render(Frame, { view: VehicleDetails, given: { vehicle, facts: null } });
  expect(screen.getByText('Blank: as the garage says in Settings.')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: /^Reminders, days before/ }));
  await userEvent.keyboard('60, 30{Enter}');
  await waitFor(() =>
    expect(edit).toHaveBeenCalledExactlyOnceWith('vehicle', 'car', { lead_days: '60, 30' }, false),
  );
});
