import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';

import { customerFields, vehicleFields } from '../lib/fields';
import { CommandFailure, failureOf, type JsonValue } from '../lib/ipc';
import InPlace from './InPlace.svelte';

const refusal = (code: 'invalid' | 'confirm', problem: 'required' | 'mileage_improbable') =>
  new CommandFailure(
    failureOf(code, [{ field: 'x', code: problem, args: { above: '80000', last: '10' } }]),
  );

function show(value: JsonValue, onsave = vi.fn(async () => undefined)) {
  render(InPlace, { spec: customerFields.last_name, value, onsave });
  return onsave as ReturnType<typeof vi.fn>;
}

const field = () => screen.getByRole('textbox', { name: 'Last name' });
const button = () => screen.getByRole('button', { name: /^Last name/ });

describe('a value that is edited where it stands', () => {
  test('is text until it is touched', () => {
    show('Lopez');
    expect(button().textContent).toContain('Lopez');
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  test('Enter keeps, and the focus returns', async () => {
    const onsave = show('Lopez');
    await userEvent.click(button());
    await userEvent.keyboard('Moreau{Enter}');
    expect(onsave).toHaveBeenCalledExactlyOnceWith('Moreau', false);
    expect(document.activeElement).toBe(button());
  });

  test('Escape gives up, and does not go back a page', async () => {
    const onsave = show('Lopez');
    const page = vi.fn();
    document.body.addEventListener('keydown', page);
    await userEvent.click(button());
    await userEvent.keyboard('Moreau{Escape}');
    document.body.removeEventListener('keydown', page);
    expect(onsave).not.toHaveBeenCalled();
    expect(page.mock.calls.some(([event]) => (event as KeyboardEvent).key === 'Escape')).toBe(
      false,
    );
    expect(document.activeElement).toBe(button());
  });

  test('leaving the field keeps what was typed', async () => {
    const onsave = show('Lopez');
    await userEvent.click(button());
    await userEvent.keyboard('Moreau');
    await userEvent.tab();
    expect(onsave).toHaveBeenCalledExactlyOnceWith('Moreau', false);
  });

  test('an unchanged value is not saved', async () => {
    const onsave = show('Lopez');
    await userEvent.click(button());
    await userEvent.keyboard('{Enter}');
    expect(onsave).not.toHaveBeenCalled();
  });

  test('a refusal stands at the field, and what was typed stays', async () => {
    show(
      'Lopez',
      vi.fn(async () => Promise.reject(refusal('invalid', 'required'))),
    );
    await userEvent.click(button());
    await userEvent.keyboard('{Delete}{Enter}');
    expect(screen.getByRole('alert').textContent).toContain('needed');
    expect(field()).toHaveProperty('value', '');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    await userEvent.type(field(), 'M');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('a doubt is asked about, and only the button answers it', async () => {
    const onsave = vi
      .fn<(value: JsonValue, confirm: boolean) => Promise<void>>()
      .mockImplementation(async (_value, confirm) => {
        if (!confirm) throw refusal('confirm', 'mileage_improbable');
      });
    render(InPlace, { spec: vehicleFields.purchase_mileage, value: 10, onsave });
    await userEvent.click(screen.getByRole('button', { name: /^Bought at/ }));
    await userEvent.keyboard('80010{Enter}{Enter}');
    expect(onsave.mock.calls.every(([, confirm]) => !confirm)).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'Save anyway' }));
    expect(onsave).toHaveBeenLastCalledWith(80_010, true);
  });

  test('a switch is saved at once', async () => {
    const onsave = vi.fn(async () => undefined);
    render(InPlace, { spec: vehicleFields.is_under_warranty, value: false, onsave });
    await userEvent.click(screen.getByRole('switch', { name: 'Under warranty' }));
    expect(onsave).toHaveBeenCalledExactlyOnceWith(true, false);
  });
});

test('what users typed never becomes markup', () => {
  show('<img src=x onerror=alert(1)>');
  expect(document.querySelector('img')).toBeNull();
  expect(button().textContent).toContain('<img');
});
