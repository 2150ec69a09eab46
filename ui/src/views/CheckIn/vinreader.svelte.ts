// A VIN fills in what it tells: the make and the year, where nobody has typed them.
import type { Form } from '../../lib/form.svelte';
import { desk, type VinFacts } from '../../lib/ipc';
import { vinFactsText } from '../../lib/vin';

/** The first three characters name the maker; the year comes with the tenth. */
const MAKER_LENGTH = 3;

export class VinReader {
  facts = $state.raw<VinFacts | null>(null);
  /** Fields that hold what a VIN said, and may be replaced by what the next one says. */
  #filled = new Set<string>();
  #turn = 0;
  #form: Form;

  constructor(form: Form) {
    this.#form = form;
  }

  get words(): string | undefined {
    return this.facts ? vinFactsText(this.facts) : undefined;
  }

  /** Somebody typed into the field: it is theirs. */
  touched(name: string): void {
    this.#filled.delete(name);
  }

  async read(typed: string): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const vin = typed.replace(/[\s-]/g, '').toUpperCase();
    if (vin.length < MAKER_LENGTH) {
      this.facts = null;
      return;
    }
    const facts = await desk.vinFacts(vin).catch(() => null);
    if (turn !== this.#turn) return;
    this.facts = facts;
    if (!facts) return;
    this.#fill('make', facts.maker ?? '');
    // The code repeats every 30 years; the newest year is the likely one, the hint names both.
    const newest = facts.years.length > 0 ? Math.max(...facts.years) : null;
    this.#fill('year', newest === null ? '' : String(newest));
  }

  #fill(name: string, value: string): void {
    if (value === '') return;
    if (this.#form.text(name) === '' || this.#filled.has(name)) {
      this.#form.set(name, value);
      this.#filled.add(name);
    }
  }
}
