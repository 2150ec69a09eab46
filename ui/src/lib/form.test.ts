import { expect, test } from 'vitest';

import { focusStart, Form } from './form.svelte';

test('what is typed while a draft is fetched is newer than the draft', () => {
  const form = new Form([]);
  form.set('last_name', 'Babbage');
  form.restore({ first_name: 'Charles', last_name: 'Bab' });
  expect(form.content).toEqual({ first_name: 'Charles', last_name: 'Babbage' });
});

test('a form that begins anew takes the next draft whole', () => {
  const form = new Form([]);
  form.set('last_name', 'Babbage');
  form.begin({});
  expect(form.isTyped).toBe(false);
  form.restore({ last_name: 'Lovelace' });
  expect(form.content).toEqual({ last_name: 'Lovelace' });
});

test('the focus is not taken from a field of the form in which somebody types', () => {
  document.body.innerHTML = '<form><input id="a" /><input id="b" /></form>';
  const root = document.querySelector('form') ?? undefined;
  focusStart(root);
  expect(document.activeElement?.id).toBe('a');
  document.querySelector<HTMLElement>('#b')?.focus();
  focusStart(root);
  expect(document.activeElement?.id).toBe('b');
});
