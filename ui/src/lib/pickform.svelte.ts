// The form of one file on its way in: what the desk guessed stands there, and whatever somebody
// says counts.
import { documentFields } from './fields';
import type { FieldSpec } from './fieldspec';
import { fromTyped, toTyped } from './fieldtext';
import { Form } from './form.svelte';
import {
  CommandFailure,
  desk,
  failureOf,
  type JsonValue,
  type Kept,
  type Licence,
  type PaperLine,
  type PickToKeep,
  type PickView,
  type VehicleLine,
} from './ipc';
import { DATES_VEHICLE, EXPIRES, OF_A_CAR } from './papers';
import { session } from './session.svelte';
import { wrote } from './write';

/** Blank is no kind: what nobody says is not the first on the list. */
const documentType: FieldSpec = { ...documentFields.document_type, blank: true };

export const PICK_SPECS: readonly FieldSpec[] = [
  documentType,
  documentFields.title,
  documentFields.expiry_date,
  documentFields.is_sensitive,
];

export class PickForm {
  readonly form: Form;
  /** The car that it is about; blank: none. */
  vehicle = $state('');
  /** Its date becomes the car's as well. */
  datesVehicle = $state(true);
  /** What the code on a licence says, once it was read. */
  licence = $state.raw<Licence | null>(null);
  #isVehicleSaid = false;
  #isCodeRead = false;

  constructor(
    readonly pick: PickView,
    vehicle: string | null,
    readonly renews: PaperLine | null,
  ) {
    const look = pick.look;
    const old = renews?.document;
    this.form = new Form(PICK_SPECS, {
      document_type: old?.document_type ?? look?.document_type ?? '',
      title: old?.title ?? look?.title ?? '',
      expiry_date: '',
      is_sensitive: old?.is_sensitive ?? false,
    });
    this.form.warnings = (look?.warnings ?? []).map((one) => ({ ...one, field: 'file' }));
    this.vehicle = old?.vehicle_id ?? vehicle ?? '';
    this.#isVehicleSaid = this.vehicle !== '';
  }

  get documentType(): string {
    return this.form.text('document_type');
  }

  get expires(): boolean {
    return EXPIRES.includes(this.documentType) || this.form.text('expiry_date') !== '';
  }

  /** The words that ask whether the car's date follows; null where there is nothing to follow. */
  get asksForDate(): string | null {
    const words = DATES_VEHICLE[this.documentType];
    return words && this.vehicle && this.form.text('expiry_date').trim() ? words : null;
  }

  say(vehicle: string): void {
    this.vehicle = vehicle;
    this.#isVehicleSaid = true;
  }

  /** A paper of a car whose owner has one car is about that car. */
  propose(vehicles: readonly VehicleLine[]): void {
    if (this.#isVehicleSaid) return;
    const [only] = vehicles;
    const isOfCar = OF_A_CAR.includes(this.documentType);
    this.vehicle = only && vehicles.length === 1 && isOfCar ? only.id : '';
  }

  /** Looks for the code of a licence. What it says of the date is proposed where nobody said one. */
  async readCode(): Promise<void> {
    if (this.#isCodeRead || this.documentType !== 'license') return;
    this.#isCodeRead = true;
    const licence = await desk.licenceOfPick(this.pick.token).catch(() => null);
    this.licence = licence;
    if (licence?.expires_on && this.form.text('expiry_date') === '') {
      const date = toTyped(documentFields.expiry_date, licence.expires_on, session.locale);
      this.form.set('expiry_date', date);
    }
  }

  /** What the desk is asked to keep. */
  wanted(customer: string): PickToKeep {
    const expiry = fromTyped(
      documentFields.expiry_date,
      this.form.text('expiry_date'),
      session.locale,
      session.today,
    );
    const fields: Record<string, JsonValue> = {
      customer_id: customer,
      vehicle_id: this.vehicle || null,
      title: this.form.text('title').trim() || null,
      document_type: this.documentType || null,
      is_sensitive: this.form.value('is_sensitive') === true,
      expiry_date: expiry === '' || !this.expires ? null : expiry,
    };
    const keep = {
      renews: this.renews?.id ?? null,
      dates_vehicle: this.asksForDate !== null && this.datesVehicle,
    };
    return { token: this.pick.token, fields, keep };
  }

  /** Shows what became of it; whether it is kept. */
  async take(kept: Kept): Promise<boolean> {
    const answer = await this.form.submit(async () => {
      if (!kept.saved) throw new CommandFailure(kept.failure ?? failureOf('not_found', []));
      // That it is here already was said before it was kept.
      const warnings = kept.saved.warnings.filter(({ field }) => field !== 'file');
      wrote({ ...kept.saved, warnings });
      return kept;
    });
    return answer !== null;
  }
}
