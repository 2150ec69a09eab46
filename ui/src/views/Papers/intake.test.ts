// Files on their way in: what is asked, what is kept, what is refused.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

const told = vi.hoisted(() => ({
  drop: (_dropped: unknown): void => undefined,
  drag: (_isOver: boolean): void => undefined,
}));
vi.mock(import('../../lib/ipc'), async (load) => ({
  ...(await load()),
  onPapersDropped: (run: (dropped: never) => void) => {
    told.drop = run as (dropped: unknown) => void;
  },
  onPapersDragged: (run: (isOver: boolean) => void) => {
    told.drag = run;
  },
  onScansChanged: () => undefined,
}));

import { feedback } from '../../lib/feedback.svelte';
import { intake } from '../../lib/intake.svelte';
import {
  desk,
  failureOf,
  type CustomerCard,
  type Licence,
  type PaperLine,
  type PickView,
  type Problem,
} from '../../lib/ipc';
import { SAVED, sitDown } from '../../test/alerts';
import { paper, pick, refusedPick } from '../../test/papers';
import DropVeil from './DropVeil.svelte';
import Frame from '../../test/Frame.svelte';
import IntakeSheet from './IntakeSheet.svelte';

const CAR = { id: 'car', license_plate: 'AB 1', make: 'Ford', model: 'Focus', is_active: true };
const ANN = { customer: 'ann', vehicle: null, name: 'Ann Ng' };

beforeEach(async () => {
  vi.restoreAllMocks();
  await sitDown();
  intake.task = null;
  for (const toast of feedback.toasts) feedback.dismiss(toast.id);
  vi.spyOn(desk, 'customerCard').mockResolvedValue({
    vehicles: [CAR],
  } as unknown as CustomerCard);
  vi.spyOn(desk, 'licenceOfPick').mockResolvedValue(null);
  vi.spyOn(desk, 'forgetPapers').mockResolvedValue(null);
  vi.spyOn(desk, 'scans').mockResolvedValue({ folder: '', trouble: null, scans: [] });
});

function open(picks: PickView[], renews: PaperLine | null = null) {
  const keep = vi
    .spyOn(desk, 'keepPapers')
    .mockImplementation((picks) =>
      Promise.resolve(picks.map(() => ({ saved: SAVED, failure: null, is_left: false }))),
    );
  render(Frame, { view: IntakeSheet, given: { picks, target: ANN, renews } });
  return keep;
}

const group = (name: string) => within(screen.getByRole('group', { name }));
const toasts = () => feedback.toasts.map(({ text }) => text);

test('what was guessed stands there, and a paper of a car is about the only one', async () => {
  const guessed = pick('policy');
  if (guessed.look) guessed.look.document_type = 'insurance';
  const keep = open([guessed]);
  const form = group('policy.pdf');
  await waitFor(() => expect(form.getByLabelText(/^About the vehicle AB 1/)).toBeTruthy());
  await userEvent.type(form.getByLabelText(/^Valid until/), '11/20/2027');
  expect(form.getByRole('switch', { name: /insurance date/ })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: /Keep document/ }));
  expect(keep).toHaveBeenCalledWith([
    {
      token: 'policy',
      fields: {
        customer_id: 'ann',
        vehicle_id: 'car',
        title: 'policy',
        document_type: 'insurance',
        is_sensitive: false,
        expiry_date: '2027-11-20',
      },
      keep: { renews: null, dates_vehicle: true },
    },
  ]);
  await waitFor(() => expect(toasts()).toEqual(['“policy” added']));
});

test('a kind that does not expire is not asked until when', () => {
  const receipt = pick('receipt');
  if (receipt.look) receipt.look.document_type = 'receipt';
  open([receipt]);
  expect(group('receipt.pdf').queryByLabelText(/^Valid until/)).toBeNull();
});

test('one that is refused stays with its reason, and the others are kept', async () => {
  const keep = open([pick('one'), pick('two')]);
  const problems: Problem[] = [{ field: 'document_type', code: 'required', args: {} }];
  keep.mockResolvedValueOnce([
    { saved: null, failure: failureOf('invalid', problems), is_left: false },
    { saved: SAVED, failure: null, is_left: false },
  ]);
  await userEvent.click(screen.getByRole('button', { name: /Keep 2 documents/ }));
  await waitFor(() => expect(screen.queryByRole('group', { name: 'two.pdf' })).toBeNull());
  expect(group('one.pdf').getByText('Kind is needed.')).toBeTruthy();
  expect(keep).toHaveBeenCalledTimes(1);
});

test('several that are kept are taken back by one button', async () => {
  open([pick('one'), pick('two')]);
  await userEvent.click(screen.getByRole('button', { name: /Keep 2 documents/ }));
  await waitFor(() => expect(toasts()).toEqual(['2 documents added']));
  expect(feedback.toasts[0]?.actions.map(({ label }) => label)).toEqual(['Undo']);
});

test('the code of a licence proposes until when it is valid, and whose it is', async () => {
  const mary: Licence = {
    first_name: 'Mary',
    last_name: 'Ng',
    street_address: '1 Main St',
    apartment_unit: '',
    city: 'Columbus',
    state: 'OH',
    zip_code: '43215',
    country: 'United States',
    expires_on: '2031-05-03',
    is_truncated: false,
  };
  vi.spyOn(desk, 'licenceOfPick').mockResolvedValue(mary);
  const scanned = pick('licence');
  if (scanned.look) scanned.look.document_type = 'license';
  open([scanned]);
  const form = group('licence.pdf');
  await form.findByText('The licence says: Mary Ng, 1 Main St, Columbus OH');
  expect(form.getByLabelText(/^Valid until/)).toHaveProperty('value', '05/03/2031');
  // It is known whose it is: no second customer is proposed.
  expect(form.queryByRole('button', { name: 'New customer' })).toBeNull();
});

test('files of somebody new wait until the customer is there', async () => {
  intake.task = { picks: [pick('one')], target: ANN, renews: null };
  intake.park();
  expect(intake.task).toBeNull();
  const bob = { customer: 'bob', vehicle: null, name: 'Bob Ng' };
  intake.resume(bob);
  await waitFor(() => expect(intake.task?.target).toEqual(bob));
  intake.task = null;
  intake.resume(bob);
  expect(intake.task).toBeNull();
});

test('one that is left out is forgotten', async () => {
  open([pick('one'), pick('two')]);
  await userEvent.click(group('one.pdf').getByRole('button', { name: 'Leave out' }));
  expect(desk.forgetPapers).toHaveBeenCalledWith(['one']);
  expect(screen.queryByRole('group', { name: 'one.pdf' })).toBeNull();
});

test('a renewal says what the old one said, but its date', async () => {
  const old = paper('old', {
    document_type: 'insurance',
    title: 'Policy',
    vehicle_id: 'car',
    is_sensitive: true,
    expiry_date: '2026-12-01',
  });
  const keep = open([pick('new')], old);
  await userEvent.click(screen.getByRole('button', { name: 'Renew' }));
  expect(keep.mock.calls[0]?.[0][0]?.fields).toMatchObject({
    title: 'Policy',
    document_type: 'insurance',
    vehicle_id: 'car',
    is_sensitive: true,
    expiry_date: null,
  });
  expect(keep.mock.calls[0]?.[0][0]?.keep).toEqual({ renews: 'old', dates_vehicle: false });
});

test('files that are dropped go to whom the page is about, and bad ones are named', async () => {
  const stop = intake.listen();
  const withdraw = intake.offer(ANN);
  render(Frame, { view: DropVeil });
  told.drag(true);
  await screen.findByText('Drop to add to the documents of Ann Ng');
  document.elementFromPoint = () => null;
  told.drop({ picks: [pick('good'), refusedPick('bad')], x: 1, y: 1 });
  expect(intake.task?.picks.map(({ token }) => token)).toEqual(['good']);
  expect(intake.task?.target).toEqual(ANN);
  expect(toasts()[0]).toContain('bad.pdf');
  await waitFor(() => expect(screen.queryByText(/Drop to add/)).toBeNull());
  // More of them join the sheet that is open.
  told.drop({ picks: [pick('more')], x: 1, y: 1 });
  expect(intake.task?.picks.map(({ token }) => token)).toEqual(['good', 'more']);
  withdraw();
  stop();
});

test('a file that is let go of over a car of the customer is about that car', () => {
  const stop = intake.listen();
  const withdraw = intake.offer(ANN);
  const row = document.createElement('a');
  row.dataset.vehicle = 'car';
  document.elementFromPoint = () => row;
  told.drop({ picks: [pick('one')], x: 1, y: 1 });
  expect(intake.task?.target).toEqual({ ...ANN, vehicle: 'car' });
  withdraw();
  stop();
});
