// Problems of a whole record, put at the field where somebody would mend them.
import type { Problem } from '../../lib/ipc';

const MENDED_AT: Partial<Record<Problem['code'], string>> = {
  contact_missing: 'phone',
  plate_or_vin_missing: 'license_plate',
};

export const atItsField = (problems: readonly Problem[]): Problem[] =>
  problems.map((problem) => {
    const field = MENDED_AT[problem.code];
    return field ? { ...problem, field } : problem;
  });
