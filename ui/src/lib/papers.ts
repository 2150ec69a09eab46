// What the screens of documents have in common: words and sums, nothing that loads or draws.
import { formatMegabytes, formatNumber, type Locale } from './format';
import { choiceName, t } from './i18n.svelte';
import type { Document, FileState, NotDrawn, PaperLine, PickView } from './ipc';
import { problemText } from './problems';

/** Kinds of papers that run out; of the others nobody asks when. */
export const EXPIRES: readonly string[] = ['license', 'insurance', 'registration', 'warranty'];

/** Kinds whose date is the vehicle's own as well, and the words that ask about it. */
export const DATES_VEHICLE: Readonly<Record<string, string>> = {
  registration: 'paper-dates-registration',
  insurance: 'paper-dates-insurance',
};

/** Kinds that are about a car rather than about a person. */
export const OF_A_CAR: readonly string[] = [
  'insurance',
  'registration',
  'warranty',
  'service_history',
  'invoice',
];

/** `PDF`, `JPEG`, `DOCX`: as people call it, by the end of its name. */
export function kindOfFile(name: string): string {
  const ending = /\.([^.]+)$/.exec(name)?.[1] ?? '';
  return ending === 'jpg' ? 'JPEG' : ending.toUpperCase();
}

/** `1.2 MB`, `84 kB`. */
export function sizeText(locale: Locale, bytes: number): string {
  if (bytes >= 100_000) return formatMegabytes(locale, bytes);
  return `${formatNumber(locale, Math.max(1, Math.round(bytes / 1_000)))} kB`;
}

export const fileText = (locale: Locale, name: string, bytes: number): string =>
  t('paper-file', { kind: kindOfFile(name), size: sizeText(locale, bytes) });

/** Under the title: what it is, and of which car where the place does not say. */
export function aboutPaper(document: Document, vehicle: string): string {
  const kind = choiceName('document_type', document.document_type);
  // A title that is only the kind again says nothing twice.
  const parts = document.title === kind ? [] : [kind];
  if (vehicle) parts.push(vehicle);
  return parts.join(' · ');
}

/** Why a paper counts no longer. */
export const restWords = (line: PaperLine): string | null => {
  if (line.counts) return null;
  if (line.renewed_by) return t('status-renewed');
  return line.document.is_active ? null : t('status-put-away');
};

/** Whether the file can be read here and now. */
export const isOnThisPc = (line: PaperLine): boolean =>
  line.file.file_state !== 'at_central' && line.file.file_state !== 'missing';

const FILE_WORDS: Partial<Record<FileState, string>> = {
  on_its_way: 'status-not-sent',
  at_central: 'status-not-here',
  refused: 'status-refused-file',
  missing: 'status-no-file',
};

/** Where the file is, unless it is where it should be. */
export function fileWords(line: PaperLine): string | null {
  const words = FILE_WORDS[line.file.file_state];
  return words === undefined ? null : t(words);
}

const TROUBLE: Record<NotDrawn, string> = {
  kind: 'preview-kind',
  locked: 'preview-locked',
  too_much: 'preview-too-much',
  damaged: 'preview-damaged',
  no_page: 'preview-damaged',
  no_drawer: 'preview-no-drawer',
};

export const troubleWords = (trouble: NotDrawn): string => t(TROUBLE[trouble]);

/** Files that were refused, each with the reason. */
export const refusedWords = (picks: readonly PickView[]): string[] =>
  picks
    .filter((pick) => pick.look === null)
    .map((pick) =>
      [t('paper-refused', { name: pick.name }), ...pick.problems.map(problemText)].join(' '),
    );

/** Sizes in which pages are drawn: few, so that a small change of the zoom asks for none anew. */
const SIDES = [800, 1_200, 1_700, 2_400, 3_300, 4_096];

/** The side to ask for, of a page that is so many pixels long on the screen. */
export const sideFor = (pixels: number): number =>
  SIDES.find((side) => side >= pixels) ?? (SIDES.at(-1) as number);

const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4];

/** The next zoom in a direction; the last stays. */
export function zoomed(zoom: number, direction: 1 | -1): number {
  const next =
    direction > 0
      ? ZOOMS.find((one) => one > zoom + 0.01)
      : ZOOMS.findLast((one) => one < zoom - 0.01);
  return next ?? zoom;
}

/** The neighbour of an id in a list that was looked through; null at its ends. */
export function neighbour(ids: readonly string[], id: string, step: 1 | -1): string | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : (ids[at + step] ?? null);
}
