import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { parsePath, paths, router } from './router.svelte';

describe('paths', () => {
  test.each([
    [paths.find, { name: 'find' }],
    [paths.checkIn, { name: 'check-in' }],
    [paths.checkInNew, { name: 'check-in-new' }],
    [paths.checkInKnown('a b'), { name: 'check-in-known', id: 'a b' }],
    [paths.newCustomer, { name: 'new-customer' }],
    [paths.customer('x'), { name: 'customer', id: 'x' }],
    [paths.newVehicle('x'), { name: 'new-vehicle', customer: 'x' }],
    [paths.newVehicle(null), { name: 'new-vehicle', customer: null }],
    [paths.vehicle('y'), { name: 'vehicle', id: 'y' }],
    [paths.settings, { name: 'settings' }],
  ])('%s', (path, route) => expect(parsePath(path)).toMatchObject(route));

  test('a path that leads nowhere leads home', () => {
    expect(parsePath('/nowhere/at/all')).toEqual({ name: 'find' });
  });
});

describe('visits', () => {
  let stop: () => void;
  beforeEach(() => {
    history.replaceState(null, '', '#/');
    stop = router.start();
  });
  afterEach(() => stop());

  const settled = () =>
    new Promise((resolve) => addEventListener('popstate', resolve, { once: true }));

  test('going back returns to the visit with what it remembered', async () => {
    router.go(paths.customers);
    const list = router.visit;
    router.here.kept.place = 4_000;
    router.go(paths.customer('x'));
    expect(router.here.kept.place).toBeUndefined();
    const arrived = settled();
    router.back();
    await arrived;
    expect(router.path).toBe(paths.customers);
    expect(router.visit).toBe(list);
    expect(router.returned).toBe(true);
    expect(router.here.kept.place).toBe(4_000);
  });

  test('what has the focus is remembered by its id, and the page itself is not', () => {
    document.body.innerHTML =
      '<main id="page"><input /><ul id="list"><li tabindex="0">one</li></ul></main>';
    document.querySelector('input')?.focus();
    const box = router.here;
    router.go(paths.customers);
    expect(box.focus).toBeNull();

    document.querySelector('li')?.focus();
    const list = router.here;
    router.go(paths.vehicles);
    expect(list.focus).toBe('list');
    document.body.replaceChildren();
  });

  test('the same place twice is one visit', () => {
    router.go(paths.vehicles);
    const visit = router.visit;
    router.go(paths.vehicles);
    expect(router.visit).toBe(visit);
  });

  test('a form that was saved is not come back to', async () => {
    router.go(paths.customers);
    router.go(paths.newCustomer);
    router.replace(paths.customer('new'));
    const arrived = settled();
    router.back();
    await arrived;
    expect(router.path).toBe(paths.customers);
  });

  test('back from the first visit leads home', () => {
    router.replace(paths.settings);
    router.back();
    expect(router.path).toBe('/');
  });

  test('there is no way back from home, and what is typed there stays', () => {
    const { visit } = router;
    router.back();
    expect(router.visit).toBe(visit);
  });
});
