// How records are called in a line of text.
import type { VehicleLine } from './ipc';

/** Make, model and year: what a car is called beside its plate. */
export const carName = (one: Pick<VehicleLine, 'make' | 'model' | 'year'>): string =>
  [one.make, one.model, one.year ?? ''].filter((part) => part !== '').join(' ');
