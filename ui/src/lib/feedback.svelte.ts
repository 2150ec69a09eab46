// What the window says after the fact: a quiet line for screen readers, and a toast only where
// there is something to undo or to decide.
import { untrack } from 'svelte';

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  text: string;
  /** A failure stays until it is dismissed. */
  tone: 'plain' | 'failure';
  actions: ToastAction[];
  /** Of toasts about one matter only the newest is there, in the place of the one before. */
  matter?: string | undefined;
}

/** Long enough to read two lines and move the hand to the mouse. */
const TOAST_MS = 8_000;

class Feedback {
  toasts = $state.raw<Toast[]>([]);
  /** Read out politely. */
  line = $state('');
  #newest = 0;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Says something without showing it. */
  announce(text: string): void {
    // The same words twice in a row are two events; a reader hears only changes.
    const before = untrack(() => this.line);
    this.line = before === text ? `${text}\u00a0` : text;
  }

  toast(text: string, actions: ToastAction[] = [], matter?: string): void {
    this.#show({ text, tone: 'plain', actions, matter });
  }

  fail(text: string, actions: ToastAction[] = [], matter?: string): void {
    this.#show({ text, tone: 'failure', actions, matter });
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.toasts = untrack(() => this.toasts).filter((toast) => toast.id !== id);
  }

  /** Takes away what is said about a matter. */
  settle(matter: string): void {
    const toast = this.toasts.find((one) => one.matter === matter);
    if (toast) this.dismiss(toast.id);
  }

  /** Nobody loses the action while reading it or reaching for it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    const toast = this.toasts.find((one) => one.id === id);
    if (toast?.tone === 'plain') this.#leaveLater(id);
  }

  #show(toast: Omit<Toast, 'id'>): void {
    const before = untrack(() => this.toasts);
    const same = toast.matter && before.find((one) => one.matter === toast.matter);
    if (same) {
      this.toasts = before.map((one) => (one === same ? { ...toast, id: same.id } : one));
      this.#stay(same.id, toast.tone);
      return;
    }
    this.#newest += 1;
    const id = this.#newest;
    for (const old of before.slice(0, -2)) this.dismiss(old.id);
    this.toasts = [...before.slice(-2), { ...toast, id }];
    this.#stay(id, toast.tone);
  }

  #stay(id: number, tone: Toast['tone']): void {
    if (tone === 'plain') this.#leaveLater(id);
    else clearTimeout(this.#timers.get(id));
  }

  #leaveLater(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), TOAST_MS),
    );
  }
}

export const feedback = new Feedback();
