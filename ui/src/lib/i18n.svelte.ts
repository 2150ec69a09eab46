// Words: the Fluent files shared with the rest of the product. Only the chosen language and
// English, which stands in for what is missing, are loaded.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

const FILES = import.meta.glob<string>(
  [
    '../../../locales/*/*.ftl',
    '!../../../locales/*/cli.ftl',
    '!../../../locales/*/installer.ftl',
    '!../../../locales/*/start.ftl',
  ],
  { query: '?raw', import: 'default' },
);

const FALLBACK = 'en';

export type Args = Record<string, string | number>;

function languageOf(file: string): string {
  return /locales\/([^/]+)\//.exec(file)?.[1] ?? '';
}

/** The languages that there are files for, in alphabetical order of their codes. */
export const LANGUAGES: string[] = [...new Set(Object.keys(FILES).map(languageOf))].sort();

/** Right-to-left text inside a sentence is kept apart from it. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

// First strong isolate and its end; as numbers, so that the source itself stays readable.
const ISOLATE = String.fromCodePoint(0x2068);
const END_ISOLATE = String.fromCodePoint(0x2069);

function isolated(value: string | number): FluentVariable {
  return typeof value === 'string' && RIGHT_TO_LEFT.test(value)
    ? ISOLATE + value + END_ISOLATE
    : value;
}

class Words {
  language = $state(FALLBACK);
  #bundles = $state.raw<FluentBundle[]>([]);
  #loading = new Map<string, Promise<FluentResource[]>>();

  /** Begins to load what will be spoken, most likely, before anybody knows for sure. */
  prepare(language: string): void {
    for (const one of [FALLBACK, language]) {
      // Whoever speaks it hears of what fails.
      if (LANGUAGES.includes(one)) this.#resources(one).catch(() => undefined);
    }
  }

  /** Speaks `language`, formatting numbers as in `country`. */
  async speak(language: string, country: string): Promise<void> {
    const chosen = LANGUAGES.includes(language) ? language : FALLBACK;
    const order = chosen === FALLBACK ? [FALLBACK] : [chosen, FALLBACK];
    const bundles = await Promise.all(order.map((one) => this.#bundle(one, country)));
    this.#bundles = bundles;
    this.language = chosen;
    document.documentElement.lang = chosen;
  }

  async #bundle(language: string, country: string): Promise<FluentBundle> {
    const resources = await this.#resources(language);
    // Isolation marks around every value would stand in what is copied and read out; only
    // right-to-left values get them, in `isolated`.
    const bundle = new FluentBundle(localeTag(language, country), { useIsolating: false });
    for (const resource of resources) bundle.addResource(resource);
    return bundle;
  }

  #resources(language: string): Promise<FluentResource[]> {
    const known = this.#loading.get(language);
    if (known) return known;
    const files = Object.entries(FILES).filter(([file]) => languageOf(file) === language);
    const resources = Promise.all(files.map(([, load]) => load())).then((texts) =>
      texts.map((text) => new FluentResource(text)),
    );
    this.#loading.set(language, resources);
    resources.catch(() => this.#loading.delete(language));
    return resources;
  }

  has(id: string): boolean {
    return this.#bundles.some((bundle) => bundle.hasMessage(id));
  }

  /** The message, or its id where no file has it: visible, and never a crash. */
  say(id: string, args: Args = {}): string {
    const values = Object.fromEntries(
      Object.entries(args).map(([name, value]) => [name, isolated(value)]),
    );
    for (const bundle of this.#bundles) {
      const pattern = bundle.getMessage(id)?.value;
      if (pattern) return bundle.formatPattern(pattern, values, []);
    }
    return id;
  }
}

/** `de` in `CH` is `de-CH`; a tag that Intl does not take is the language alone. */
export function localeTag(language: string, country: string): string {
  try {
    return Intl.getCanonicalLocales(`${language}-${country}`)[0] ?? language;
  } catch {
    return language;
  }
}

export const words = new Words();

/** The message of that id in the language of the window. */
export const t = (id: string, args?: Args): string => words.say(id, args);

const dashed = (name: string): string => name.replaceAll('_', '-');

/** The label of a field, or of a setting. */
export function fieldName(field: string): string {
  const setting = `setting-${dashed(field)}`;
  const id = `field-${dashed(field)}`;
  return t(!words.has(id) && words.has(setting) ? setting : id);
}

/** A choice in words; a value that this version does not know stands for itself. */
export function choiceName(field: string, value: string): string {
  const id = `choice-${dashed(field)}-${dashed(value)}`;
  return words.has(id) ? t(id) : value;
}

export const entityName = (kind: string): string => t(`entity-${dashed(kind)}`);
