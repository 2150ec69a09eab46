import { expect, test } from 'vitest';

import { paper, pick, refusedPick } from '../test/papers';
import type { Locale } from './format';
import {
  aboutPaper,
  fileText,
  neighbour,
  refusedWords,
  restWords,
  sideFor,
  sizeText,
  zoomed,
} from './papers';

const locale: Locale = { tag: 'en-US', timeZone: 'America/New_York', distanceUnit: 'mi' };

test('a file is called by what it is and how big', () => {
  expect(fileText(locale, 'scan.jpg', 84_000)).toBe('JPEG, 84 kB');
  expect(fileText(locale, 'Policy.PDF', 1_240_000)).toBe('PDF, 1.2 MB');
  expect(sizeText(locale, 12)).toBe('1 kB');
});

test('a kind that the title says already is not said twice', () => {
  expect(aboutPaper(paper('a').document, '')).toBe('Driving license');
  const same = paper('b', { title: 'Driving license' }).document;
  expect(aboutPaper(same, 'AB 1')).toBe('AB 1');
});

test('what counts no longer says why', () => {
  expect(restWords(paper('a'))).toBeNull();
  expect(restWords({ ...paper('a'), counts: false, renewed_by: 'b' })).toBe('Renewed');
  const putAway = { ...paper('a', { is_active: false }), counts: false };
  expect(restWords(putAway)).toBe('Put away');
});

test('refused files are named with the reason, the others are not', () => {
  expect(refusedWords([pick('good'), refusedPick('bad')])).toEqual([
    'Not added: bad.pdf The file is empty. Choose another.',
  ]);
});

test('the zoom has ends, and pages are drawn in few sizes', () => {
  expect(zoomed(1, 1)).toBe(1.25);
  expect(zoomed(1, -1)).toBe(0.8);
  expect(zoomed(4, 1)).toBe(4);
  expect(zoomed(0.25, -1)).toBe(0.25);
  expect([300, 801, 9_000].map(sideFor)).toEqual([800, 1_200, 4_096]);
});

test('a list has neighbours and ends', () => {
  const ids = ['a', 'b', 'c'];
  expect(neighbour(ids, 'b', 1)).toBe('c');
  expect(neighbour(ids, 'a', -1)).toBeNull();
  expect(neighbour(ids, 'x', 1)).toBeNull();
});
