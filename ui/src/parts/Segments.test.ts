import { render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import Segments from './Segments.svelte';

test('a number that is still counted has its place, and one that never comes has none', async () => {
  const options = (counted: string) => [
    { value: 'all', label: 'All', aside: counted },
    { value: 'done', label: 'Done' },
  ];
  const onpick = vi.fn();
  const { rerender } = render(Segments, {
    label: 'View',
    value: 'all',
    options: options(''),
    onpick,
  });
  const place = () => screen.getByText('All').querySelector('.numbers');
  const before = place();
  expect(before?.textContent).toBe('');
  await rerender({ label: 'View', value: 'all', options: options('12'), onpick });
  expect(place()).toBe(before);
  expect(before?.textContent).toBe('12');
  expect(screen.getByText('Done').querySelector('.numbers')).toBeNull();
});
