// The only place that knows the shell. Everything else speaks to `desk`: promises that answer
// data or throw a CommandFailure whose code the screens have words for.
import { convertFileSrc } from '@tauri-apps/api/core';

import {
  commands,
  events,
  type Changed,
  type FailureView,
  type PapersDropped,
  type Problem,
  type SyncStatus,
} from './bindings';

export type { FailureView as Failure } from './bindings';

export type {
  Account,
  AlertAnswer,
  AlertDay,
  AlertKind,
  AlertLine,
  AlertPage,
  AlertQuery,
  CardOf,
  Changed,
  ChangedRecord,
  ConflictView,
  Customer,
  CustomerCard,
  CustomerLine,
  Difference,
  Document,
  Due,
  DueStates,
  DuplicateView,
  Employee,
  EntityKind,
  FieldChange,
  FieldError,
  FileLook,
  HistoryEntry,
  Value as JsonValue,
  Keep,
  Kept,
  Likeness,
  ListQuery,
  Licence,
  LikelyDuplicate,
  LookLine,
  MissingLine,
  NotDrawn,
  NoteLine,
  NoticeState,
  OwnedVehicleLine,
  OwnerLine,
  PaperCard,
  PaperCounts,
  PaperLine,
  PaperQuery,
  FileOnItsWay,
  FilesPace,
  FilesStatus,
  FileState,
  PaperState,
  PapersDropped,
  PickToKeep,
  PickView,
  Preferences,
  Problem,
  ReadingLine,
  Resolution,
  Saved,
  ScanLine,
  Scans,
  SearchHit,
  StillHolds,
  ServiceLine,
  Session,
  Settings,
  ShownPaper,
  Snooze,
  SyncProgress,
  SyncStatus,
  Undone,
  TypedField,
  Vehicle,
  VehicleCard,
  VehicleLine,
  VinFacts,
  WaitingEdit,
  Window,
} from './bindings';

/** A command said no. What users read comes from the locale files by `failure.code`. */
export class CommandFailure extends Error {
  readonly failure: FailureView;

  constructor(failure: FailureView) {
    super(failure.code);
    this.name = 'CommandFailure';
    this.failure = failure;
  }
}

/** Whatever was thrown, as something that has words. */
/** A failure that says nothing but its code and problems. */
export const failureOf = (code: FailureView['code'], problems: Problem[] = []): FailureView => ({
  code,
  problems,
  args: {},
  step: null,
  records: [],
  more: 0,
});

export function asFailure(thrown: unknown): FailureView {
  if (thrown instanceof CommandFailure) return thrown.failure;
  return failureOf('internal');
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: FailureView };

/** `speak(commands.undo)` is `undo` that throws a CommandFailure instead of answering one. */
function speak<A extends unknown[], T>(command: (...args: A) => Promise<Answer<T>>) {
  return async (...args: A): Promise<T> => {
    const answer = await command(...args);
    if (answer.status === 'ok') return answer.data;
    throw new CommandFailure(answer.error);
  };
}

type Spoken<C> = C extends (...args: infer A) => Promise<infer R>
  ? (...args: A) => Promise<Extract<R, { status: 'ok' }> extends { data: infer T } ? T : never>
  : never;

/** Every command of the desk, under its own name. */
export const desk = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [
    name,
    speak(command as (...args: unknown[]) => Promise<Answer<unknown>>),
  ]),
) as { [K in keyof typeof commands]: Spoken<(typeof commands)[K]> };

/** Tells what other screens and other programs changed. */
export function onChanged(listener: (changed: Changed) => void): void {
  void events.changed.listen((event) => listener(event.payload));
}

/** Tells how the desk stands with the server, at every change of it. */
export function onSyncChanged(listener: (status: SyncStatus) => void): void {
  void events.syncChanged.listen((event) => listener(event.payload.status));
}

/** Tells how many alerts are raised, whenever some came or went. */
export function onAlertsChanged(listener: (raised: number) => void): void {
  void events.alertsChanged.listen((event) => listener(event.payload.raised));
}

/** Tells where a notification or the tray leads. */
export function onOpenPath(listener: (path: string) => void): void {
  void events.openPath.listen((event) => listener(event.payload.path));
}

/** Tells that files are held over the window, or not any more. */
export function onPapersDragged(listener: (isOver: boolean) => void): void {
  void events.papersDragged.listen((event) => listener(event.payload.is_over));
}

/** Tells of files that were let go of over the window. */
export function onPapersDropped(listener: (dropped: PapersDropped) => void): void {
  void events.papersDropped.listen((event) => listener(event.payload));
}

/** Tells how many scans wait, whenever that changes. */
export function onScansChanged(listener: (waiting: number) => void): void {
  void events.scansChanged.listen((event) => listener(event.payload.waiting));
}

/** Where the shell answers with pictures of papers. */
const pictureAt = (path: string): string => convertFileSrc(path, 'papers');

export const pictures = {
  /** Small, of a paper that is not sensitive; `content` tells one file of it from the next. */
  ofPaper: (id: string, content: string) => `${pictureAt(`thumb/${id}`)}?${content.slice(0, 12)}`,
  /** A page of a paper that was opened; `side` is how many pixels its longer side has. */
  ofPage: (token: string, page: number, side: number) => pictureAt(`page/${token}/${page}/${side}`),
  /** Of a file on its way in. */
  ofPick: (token: string, side: number) => pictureAt(`pick/${token}/${side}`),
};

/** The page stands in its colours and takes typing: the window may be shown. */
export function tellReady(): void {
  // A window that is not seen yet draws no frames to wait for.
  setTimeout(() => desk.ready(colourOf(document.documentElement)).catch(() => undefined));
}

/** The background of an element as red, green and blue, whatever notation its style uses. */
function colourOf(element: Element): [number, number, number] {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!pen) return [255, 255, 255];
  pen.fillStyle = getComputedStyle(element).backgroundColor;
  pen.fillRect(0, 0, 1, 1);
  const [red = 255, green = 255, blue = 255] = pen.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** For the log; never fails. */
export function reportError(message: string): void {
  desk.reportError(message.slice(0, 4000)).catch(() => undefined);
}
