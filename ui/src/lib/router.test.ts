import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { parsePath, paths, ROUTES, type RouteLine } from './routes';
import { router } from './router.svelte';

describe('paths', () => {
  test.each([
    [paths.find, 'find', {}],
    [paths.checkIn, 'checkIn', {}],
    [paths.checkInNew, 'checkInNew', { purpose: 'check-in', customer: null }],
    [paths.checkInKnown('a b'), 'checkInKnown', { id: 'a b' }],
    [paths.newCustomer, 'newCustomer', {}],
    [paths.customer('x'), 'customer', { id: 'x' }],
    [paths.newVehicle('x'), 'newVehicleOf', { purpose: 'vehicle', customer: 'x' }],
    [paths.newVehicle(null), 'newVehicle', { purpose: 'vehicle', customer: null }],
    [paths.vehicle('y'), 'vehicle', { id: 'y' }],
    [paths.settings, 'settings', {}],
  ])('%s', (path, name, props) => expect(parsePath(path)).toMatchObject({ name, props }));

  test('a path that leads nowhere leads home', () => {
    expect(parsePath('/nowhere/at/all')).toMatchObject({ name: 'find' });
  });

  test('every route has its view', () => {
    const views = Object.keys(import.meta.glob('../views/*/*.svelte'));
    const named = Object.values<RouteLine>(ROUTES).map(({ view }) => `../views/${view}.svelte`);
    expect(named.filter((view) => !views.includes(view))).toEqual([]);
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

  test('the rail leads back to a list as it was, and to a task anew', () => {
    router.go(paths.customers);
    router.here.kept.asked = { search: 'ada' };
    router.go(paths.checkIn);
    router.here.kept.text = 'abc';
    router.resume(paths.customers);
    expect(router.here.kept.asked).toEqual({ search: 'ada' });
    router.resume(paths.checkIn);
    expect(router.here.kept.text).toBeUndefined();
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
