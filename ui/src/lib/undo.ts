// Undo: the last change, or one that a toast or a history line names.
import { feedback, type ToastAction } from './feedback.svelte';
import { entityName, fieldName, t } from './i18n.svelte';
import { desk, type CardOf, type Undone } from './ipc';
import { thrownText } from './problems';
import { paths, router } from './router.svelte';

function undoneText(undone: Undone): string {
  // An alert is called as its record is, which may be one of many that were answered together.
  const isAlert = undone.kind === 'alert';
  const what = isAlert ? t('nav-alerts') : undone.title || entityName(undone.kind);
  if (undone.is_redo) return t('toast-redone', { what });
  if (undone.is_of_discard) return t('toast-undone-discard', { what });
  if (isAlert) return t('toast-undone-update', { what });
  if (undone.action === 'update' && undone.fields.length > 0) {
    const fields = undone.fields.slice(0, 3).map(fieldName).join(', ');
    return t('toast-undone-fields', { what, fields });
  }
  return t(`toast-undone-${undone.action}`, { what });
}

/** Undo and what comes of it are one matter: one toast, which changes in its place. */
const MATTER = 'undo';

/** What is to be done when a step was taken back. */
const after = new Map<string, () => void>();

async function run(undo: () => Promise<Undone>): Promise<boolean> {
  try {
    const undone = await undo();
    after.get(undone.step)?.();
    after.delete(undone.step);
    feedback.toast(undoneText(undone), afterwards(undone), MATTER);
    return true;
  } catch (thrown) {
    feedback.fail(thrownText(thrown), [], MATTER);
    return false;
  }
}

/** The other way round, and the way to what is out of sight. */
function afterwards(undone: Undone): ToastAction[] {
  const actions: ToastAction[] = [];
  const { redo, card } = undone;
  if (redo) {
    actions.push({
      label: t(undone.is_redo ? 'action-undo' : 'action-redo'),
      run: () => void undoStep(redo),
    });
  }
  const path = card && pathOf(card);
  if (path && path !== router.path) {
    actions.push({
      label: t('action-show'),
      run: () => {
        feedback.settle(MATTER);
        router.go(path);
      },
    });
  }
  return actions;
}

const pathOf = ({ kind, id }: CardOf): string | null =>
  kind === 'customer' ? paths.customer(id) : kind === 'vehicle' ? paths.vehicle(id) : null;

export const redoLast = (): Promise<boolean> => run(() => desk.redo());

export const undoLast = (): Promise<boolean> => run(() => desk.undo());

export const undoStep = (step: string): Promise<boolean> => run(() => desk.undoStep(step));

export const undoDiscard = (edit: string): Promise<boolean> => run(() => desk.undoDiscard(edit));

/** Says what was just done, and offers to take it back; `onundone` runs when it was, anyhow. */
export function offerUndo(text: string, step: string | null, onundone?: () => void): void {
  const actions = step ? [{ label: t('action-undo'), run: () => void undoStep(step) }] : [];
  if (step && onundone) after.set(step, onundone);
  feedback.toast(text, actions, MATTER);
}
