import { describe, expect, test, vi } from 'vitest';

import type { Window } from './ipc';
import { PAGE, RowCache } from './rows.svelte';

const TOTAL = 100_000;

function numbers(shift = 0) {
  return vi.fn(async (offset: number, limit: number): Promise<Window<number>> => ({
    total: TOTAL,
    offset,
    rows: Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, row) => offset + row + shift),
  }));
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a window onto a long list', () => {
  test('only the pages in sight are asked for, once', async () => {
    const load = numbers();
    const rows = new RowCache(load);
    rows.want(0, 40);
    rows.want(10, 50);
    await settled();
    expect(load).toHaveBeenCalledTimes(1);
    expect(rows.total).toBe(TOTAL);
    expect(rows.row(40)).toBe(40);
    expect(rows.row(PAGE * 3)).toBeUndefined();
  });

  test('a jump to the middle asks for the middle', async () => {
    const load = numbers();
    const rows = new RowCache(load);
    rows.want(50_000, 50_030);
    await settled();
    expect(rows.row(50_010)).toBe(50_010);
    expect(load.mock.calls.every(([offset]) => offset >= 50_000 - PAGE)).toBe(true);
  });

  test('pages long out of sight are dropped, those in sight never', async () => {
    const rows = new RowCache(numbers());
    for (let first = 0; first < PAGE * 30; first += PAGE) {
      rows.want(first, first + 30);
      await settled();
    }
    expect(rows.row(0)).toBeUndefined();
    expect(rows.row(PAGE * 29 + 5)).toBe(PAGE * 29 + 5);
  });

  test('after another question the old rows stay until the new ones are there', async () => {
    let load = numbers();
    const rows = new RowCache((offset, limit) => load(offset, limit));
    rows.want(0, 10);
    await settled();
    load = numbers(7);
    rows.reset();
    rows.want(0, 10);
    expect(rows.row(3)).toBe(3);
    await settled();
    expect(rows.row(3)).toBe(10);
  });

  test('an answer to the question before is not shown', async () => {
    const answers: ((window: Window<string>) => void)[] = [];
    const rows = new RowCache<string>(() => new Promise((resolve) => answers.push(resolve)));
    rows.want(0, 10);
    rows.reset();
    rows.want(0, 10);
    answers[1]?.({ total: 1, offset: 0, rows: ['new'] });
    answers[0]?.({ total: 1, offset: 0, rows: ['old'] });
    await settled();
    expect(rows.row(0)).toBe('new');
  });

  test('a failure is kept for the screen, and the next try clears it', async () => {
    let fails = true;
    const rows = new RowCache<number>(async () => {
      if (fails) throw new Error('no');
      return { total: 1, offset: 0, rows: [1] };
    });
    rows.want(0, 10);
    await settled();
    expect(rows.failure?.code).toBe('internal');
    fails = false;
    rows.want(0, 10);
    await settled();
    expect(rows.failure).toBeNull();
    expect(rows.row(0)).toBe(1);
  });
});
