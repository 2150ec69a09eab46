import { describe, expect, test } from 'vitest';

import { Remaining } from './remaining';

const pulling = (left: number) => ({ what: 'pulling' as const, left });

describe('how long a run still takes', () => {
  test('is not guessed from the first moments', () => {
    const remaining = new Remaining();
    expect(remaining.note(pulling(1_000), 0)).toBeNull();
    expect(remaining.note(pulling(900), 1_000)).toBeNull();
  });

  test('follows the speed of late', () => {
    const remaining = new Remaining();
    remaining.note(pulling(1_000), 0);
    // 100 a second: 700 more take 7 seconds.
    expect(remaining.note(pulling(700), 3_000)).toBe(7);
  });

  test('counts the rows of a first copy', () => {
    const remaining = new Remaining();
    remaining.note({ what: 'snapshot', rows: 0, total: 10_000 }, 0);
    expect(remaining.note({ what: 'snapshot', rows: 2_500, total: 10_000 }, 5_000)).toBe(15);
  });

  test('begins anew with another phase, or when more came up', () => {
    const remaining = new Remaining();
    remaining.note(pulling(1_000), 0);
    remaining.note(pulling(500), 5_000);
    expect(remaining.note({ what: 'pushing', left: 100 }, 6_000)).toBeNull();
    remaining.note({ what: 'pushing', left: 50 }, 9_000);
    expect(remaining.note({ what: 'pushing', left: 80 }, 9_500)).toBeNull();
  });

  test('a run that stands still ends nowhere', () => {
    const remaining = new Remaining();
    remaining.note(pulling(10), 0);
    expect(remaining.note(pulling(10), 4_000)).toBeNull();
    expect(remaining.note(null, 5_000)).toBeNull();
  });
});
