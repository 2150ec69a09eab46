// Files on their way in, wherever they come from: chosen, dropped, pasted or scanned. A page says
// whose papers it shows; what is let go of there is theirs.
import { untrack } from 'svelte';

import { feedback } from './feedback.svelte';
import { t } from './i18n.svelte';
import {
  desk,
  onPapersDragged,
  onPapersDropped,
  onScansChanged,
  type PaperLine,
  type PickView,
} from './ipc';
import { refusedWords } from './papers';
import { thrownText } from './problems';

/** Whose papers they are, as far as the page knows. */
export interface Target {
  customer: string | null;
  vehicle: string | null;
  /** What the page is called. */
  name: string;
}

const NOWHERE: Target = { customer: null, vehicle: null, name: '' };

interface Task {
  picks: PickView[];
  target: Target;
  renews: PaperLine | null;
}

/** A picture that somebody pastes has no name of its own. */
const ENDINGS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

class Intake {
  /** What the sheet is about; null: it is closed. */
  task = $state.raw<Task | null>(null);
  /** Files are held over the window. */
  isOver = $state(false);
  /** Scans that wait to be given to somebody. */
  waiting = $state(0);
  #targets = $state.raw<Target[]>([]);
  #parked: Task | null = null;

  /** Where files go that are let go of now. */
  get target(): Target {
    return this.#targets.at(-1) ?? NOWHERE;
  }

  listen(): () => void {
    onPapersDragged((isOver) => (this.isOver = isOver));
    onPapersDropped(({ picks, x, y }) => {
      this.isOver = false;
      this.#begin(picks, this.#targetAt(x, y));
    });
    onScansChanged((waiting) => (this.waiting = waiting));
    void this.#count();
    const pasted = (event: ClipboardEvent) => void this.#paste(event);
    window.addEventListener('paste', pasted);
    return () => window.removeEventListener('paste', pasted);
  }

  /** While the answer is not called, files that are let go of are this page's. */
  offer(target: Target): () => void {
    this.#targets = [...untrack(() => this.#targets), target];
    return () => {
      this.#targets = this.#targets.filter((other) => other !== target);
    };
  }

  /** Lets somebody choose files. */
  async choose(target: Target = this.target, renews: PaperLine | null = null): Promise<void> {
    const words = {
      title: t('dialog-choose-files'),
      papers: t('dialog-papers'),
      everything: t('dialog-all-files'),
    };
    await this.#try(async () => {
      const picks = await desk.choosePapers(words, target.customer);
      this.#begin(renews ? picks.slice(0, 1) : picks, target, renews);
    });
  }

  /** Takes scans that wait; without names all of them. */
  async takeScans(names: string[] | null = null, target: Target = this.target): Promise<void> {
    await this.#try(async () => {
      const wanted = names ?? (await desk.scans()).scans.map((scan) => scan.name);
      this.#begin(await desk.pickScans(wanted, target.customer), target);
    });
  }

  /** Puts the files away until it is known whose they are. */
  park(): void {
    this.#parked = this.task;
    this.task = null;
  }

  /** Goes on with files that were put away: they are this customer's. */
  resume(target: Target): void {
    const parked = this.#parked;
    this.#parked = null;
    if (parked && !this.task) this.task = { ...parked, target };
  }

  close(): void {
    const { task } = this;
    this.task = null;
    if (task) void desk.forgetPapers(task.picks.map((pick) => pick.token)).catch(() => undefined);
  }

  /** What was refused is said; the others go on. */
  #begin(picks: PickView[], target: Target, renews: PaperLine | null = null): void {
    for (const words of refusedWords(picks)) feedback.fail(words);
    const good = picks.filter((pick) => pick.look !== null);
    if (good.length === 0) return;
    const { task } = this;
    // Dropped onto the open sheet, they join what is there.
    if (task && !task.renews && !renews) this.task = { ...task, picks: [...task.picks, ...good] };
    else if (!task) {
      this.#parked = null;
      this.task = { picks: good, target, renews };
    }
  }

  /** The car under the hand, on its owner's page; else the page's own. */
  #targetAt(x: number | null, y: number | null): Target {
    const row = document.elementFromPoint(x ?? 0, y ?? 0)?.closest<HTMLElement>('[data-vehicle]');
    const vehicle = row?.dataset.vehicle;
    return vehicle && this.target.customer ? { ...this.target, vehicle } : this.target;
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    const target = this.target;
    // Text that goes into a field is the field's.
    const types = [...(event.clipboardData?.types ?? [])];
    if (types.includes('text/plain')) return;
    await this.#try(async () => {
      const image = await pastedImage(event);
      if (!image) return;
      const name = `${t('paper-pasted')}.${ENDINGS[image.type] ?? 'png'}`;
      const content = await base64Of(image);
      this.#begin(await desk.pastePaper(name, content, target.customer), target);
    });
  }

  async #count(): Promise<void> {
    try {
      this.waiting = (await desk.scans()).scans.length;
    } catch {
      // The event says it as soon as the desk can.
    }
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      feedback.fail(thrownText(thrown));
    }
  }
}

/** WebKitGTK hands out pasted pictures only to whoever asks the clipboard; others with the event. */
async function pastedImage(event: ClipboardEvent): Promise<Blob | null> {
  const given = [...(event.clipboardData?.files ?? [])].find((file) => file.type in ENDINGS);
  if (given) return given;
  if (!('clipboard' in navigator)) return null;
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((one) => one in ENDINGS);
      if (type) return await item.getType(type);
    }
  } catch {
    // Nothing that may be read: nothing was pasted.
  }
  return null;
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  // As many as one call takes.
  for (let at = 0; at < bytes.length; at += 32_768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  }
  return btoa(text);
}

export const intake = new Intake();

/** Files that are let go of over the page are these people's, while it is there. */
export function useTarget(target: () => Target | null): void {
  $effect(() => {
    const present = target();
    if (!present) return;
    return untrack(() => intake.offer(present));
  });
}
