import { expect, test } from 'vitest';

import { colourOf } from './colours';

test.each([
  ['Red', 'rot'],
  ['pearl white', 'Weiß'],
  ['Navy blue', 'navy'],
  ['dark green', 'GRÜN'],
])('%s and %s have one swatch', (one, other) => {
  expect(colourOf(one)).not.toBeNull();
  expect(colourOf(one)).toBe(colourOf(other));
});

test('an unknown colour has none', () => {
  expect(colourOf('chameleon')).toBeNull();
  expect(colourOf('')).toBeNull();
});
