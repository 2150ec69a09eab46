// Who sits here and how this garage writes things: loaded once, kept up to date by its own
// saves and by what other programs change.
import { localeTag, words } from './i18n.svelte';
import { desk, type Employee, type Session, type Settings } from './ipc';
import type { Locale } from './format';

const NO_SETTINGS: Settings = {
  garage_name: '',
  country: 'US',
  timezone: 'UTC',
  distance_unit: 'mi',
  currency: 'USD',
  soon_days: 30,
  soon_distance: 1000,
  service_lead_days: '30, 14, 7, 1, 0',
  registration_lead_days: '30, 14, 7, 1, 0',
  insurance_lead_days: '30, 14, 7, 1, 0',
  warranty_lead_days: '30, 14, 7, 1, 0',
  document_lead_days: '30, 14, 7, 1, 0',
  alert_detail: 'everything',
  language: '',
  theme: 'system',
  employee_id: null,
  notifications: 'on',
  quiet_from: '',
  quiet_to: '',
  working_days: '',
  close_to_tray: 'off',
  scan_folder: '',
};

class Desk {
  #session = $state.raw<Session | null>(null);
  settings = $state.raw<Settings>(NO_SETTINGS);
  employees = $state.raw<Employee[]>([]);

  locale = $derived<Locale>({
    tag: localeTag(words.language, this.settings.country),
    timeZone: this.settings.timezone,
    distanceUnit: this.settings.distance_unit,
  });

  /** Who is working; undefined until somebody is chosen, and when they have left. */
  worker = $derived(
    this.employees.find((one) => one.id === this.settings.employee_id && one.is_active),
  );

  get about(): Session | null {
    return this.#session;
  }

  /** Today at the garage, `YYYY-MM-DD`. */
  get today(): string {
    return this.#session?.today ?? new Date().toISOString().slice(0, 10);
  }

  async load(): Promise<void> {
    const session = await desk.session();
    this.employees = session.employees;
    await this.#use(session.settings, session.system_language);
    this.#session = session;
  }

  async save(changes: Record<string, string>): Promise<void> {
    const settings = await desk.saveSettings(changes);
    await this.#use(settings, this.#session?.system_language ?? null);
  }

  async #use(settings: Settings, systemLanguage: string | null): Promise<void> {
    const language = settings.language || systemLanguage || navigator.language.slice(0, 2);
    await words.speak(language, settings.country);
    this.settings = settings;
    const theme = settings.theme === 'light' || settings.theme === 'dark' ? settings.theme : '';
    document.documentElement.dataset.theme = theme;
  }
}

export const session = new Desk();
