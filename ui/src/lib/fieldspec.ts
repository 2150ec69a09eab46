// What the screens know of a field: what is typed into it, what may be chosen, how long it may
// be. Whether a value is right is for the desk to say. The tables of all fields are in fields.ts.

export type FieldKind =
  | 'text'
  | 'long'
  | 'email'
  | 'secret'
  | 'phone'
  | 'vin'
  | 'plate'
  | 'choice'
  | 'flag'
  | 'number'
  | 'distance'
  | 'money'
  | 'date'
  | 'day'
  | 'time'
  | 'zone'
  | 'region'
  | 'currency'
  | 'reference';

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  /** The longest text, in characters. */
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Whether "nothing chosen" is one of the choices. */
  readonly blank?: boolean;
  /** A record cannot be without it. */
  readonly required?: boolean;
  /** Set by the product, or it follows from what is set: shown, never typed. */
  readonly system?: boolean;
  /** The lists are narrowed by it. */
  readonly filtered?: boolean;
  /** The lists are sorted by it. */
  readonly ordered?: boolean;
}
