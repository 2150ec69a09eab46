// How records are called in a line of text.
import type { VehicleLine } from './ipc';

export const fullName = (one: { first_name: string; last_name: string }): string =>
  `${one.first_name} ${one.last_name}`.trim();

/** Make, model and year: what a car is called beside its plate. */
export const carName = (one: Pick<VehicleLine, 'make' | 'model' | 'year'>): string =>
  [one.make, one.model, one.year ?? ''].filter((part) => part !== '').join(' ');
