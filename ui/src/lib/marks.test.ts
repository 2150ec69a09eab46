import { beforeEach, describe, expect, test } from 'vitest';

import { Marks, successor } from './marks.svelte';

let marks: Marks;
const ids = () => [...marks.ids].sort().join('');

beforeEach(() => {
  marks = new Marks();
  marks.follow(['a', 'b', 'c', 'd', 'e']);
});

describe('the line that keys act on', () => {
  test('is the first one after the first step, and stays within the list', () => {
    marks.move(1);
    expect(marks.active).toBe('a');
    marks.move(-1);
    expect(marks.active).toBe('a');
    marks.move(9);
    expect(marks.active).toBe('e');
  });

  test('gives way to the one in its place', () => {
    marks.active = 'b';
    marks.follow(['a', 'c', 'd', 'e']);
    expect(marks.active).toBe('c');
    marks.follow(['a']);
    expect(marks.active).toBe('a');
    marks.follow([]);
    expect(marks.active).toBeNull();
  });

  test('stays itself when others come before it', () => {
    marks.active = 'b';
    marks.follow(['new', 'a', 'b']);
    expect(marks.active).toBe('b');
    expect(successor(['a'], null, ['a'])).toBeNull();
  });
});

describe('marks', () => {
  test('are put on and taken off', () => {
    marks.move(1);
    marks.toggle();
    expect(ids()).toBe('a');
    marks.toggle();
    expect(ids()).toBe('');
  });

  test('go from the last one to where Shift is pressed', () => {
    marks.active = 'b';
    marks.toggle();
    marks.active = 'd';
    marks.extend();
    expect(ids()).toBe('bcd');
  });

  test('go along with a step under Shift', () => {
    marks.active = 'd';
    marks.stretch(-1);
    marks.stretch(-1);
    expect(ids()).toBe('bcd');
  });

  test('leave with their lines', () => {
    marks.all();
    marks.follow(['b', 'e']);
    expect(ids()).toBe('be');
    marks.clear();
    expect(ids()).toBe('');
  });
});

test('an action is about what is marked, in the order of the list, else about the active line', () => {
  expect(marks.targets).toEqual([]);
  marks.active = 'd';
  expect(marks.targets).toEqual(['d']);
  marks.toggle();
  marks.active = 'a';
  marks.toggle();
  marks.active = 'c';
  expect(marks.targets).toEqual(['a', 'd']);
});
