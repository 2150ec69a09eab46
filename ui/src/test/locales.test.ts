// The Fluent files: the same messages in every language, each one used, each use there.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { FluentResource } from '@fluent/bundle';
import { describe, expect, test } from 'vitest';

const LOCALES = join(__dirname, '../../../locales');
const SOURCE = join(__dirname, '..');
/** Words of the command line, of the installer, and of what is said without a window; the page neither loads nor uses them. */
const NOT_OURS = ['cli.ftl', 'installer.ftl', 'start.ftl'];

const languages = readdirSync(LOCALES).sort();

interface Message {
  file: string;
  /** The pattern as the parser gives it, for its variables. */
  pattern: unknown;
}

function messages(language: string): Map<string, Message> {
  const found = new Map<string, Message>();
  for (const file of readdirSync(join(LOCALES, language))) {
    const resource = new FluentResource(readFileSync(join(LOCALES, language, file), 'utf8'));
    for (const entry of resource.body) {
      expect(found.has(entry.id), `${language}: ${entry.id} stands twice`).toBe(false);
      found.set(entry.id, { file, pattern: entry.value });
    }
  }
  return found;
}

/** Every `$name` in a pattern. */
function variables(pattern: unknown): string[] {
  const names = new Set<string>();
  JSON.stringify(pattern, (_key, value: unknown) => {
    if (value && typeof value === 'object' && 'type' in value && value.type === 'var') {
      names.add((value as unknown as { name: string }).name);
    }
    return value;
  });
  return [...names].sort();
}

/** Messages in a file, counted by their first characters: what the parser dropped is missing. */
function written(language: string): number {
  return readdirSync(join(LOCALES, language))
    .flatMap((file) => readFileSync(join(LOCALES, language, file), 'utf8').split('\n'))
    .filter((line) => /^[a-z][a-z0-9_-]* =/i.test(line)).length;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) ? [path] : [];
  });
}

const english = messages('en');
const text = sources(SOURCE)
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const literals = new Set(
  [...text.matchAll(/['"`]([a-z]+(?:-[a-z0-9]+)+)['"`]/g)].map(([, id]) => id ?? ''),
);
/** Ids whose last part is a code, a field or a choice. */
const MADE =
  /^(nav|field|choice|problem|failure|entity|due-kind|vin-region|history|duplicate-by|setting|toast-undone|toast-conflict|group|waiting|sync-edit|sync-progress|sync-stage)-|^(status|filter|empty)-(customers|vehicles)$/;

describe('every language says the same things', () => {
  test.each(languages)('%s is read without loss', (language) => {
    expect(messages(language).size).toBe(written(language));
  });

  test.each(languages)('%s has the messages of English, with the same variables', (language) => {
    const other = messages(language);
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [id, { pattern }] of english) {
      expect(variables(other.get(id)?.pattern), `${language}: ${id}`).toEqual(variables(pattern));
    }
  });
});

describe('messages and the window fit together', () => {
  test('every message that the source names is there', () => {
    const named = [...text.matchAll(/\bt\(\s*'([a-z][a-z0-9-]*)'/g)].map(([, id]) => id ?? '');
    const labelled = [...text.matchAll(/label: '([a-z]+-[a-z-]+)'/g)].map(([, id]) => id ?? '');
    const missing = [...named, ...labelled].filter((id) => !english.has(id));
    expect(missing).toEqual([]);
  });

  test('no message is unused', () => {
    const unused = [...english]
      .filter(([, { file }]) => !NOT_OURS.includes(file))
      .map(([id]) => id)
      .filter((id) => !literals.has(id) && !MADE.test(id));
    expect(unused).toEqual([]);
  });
});
