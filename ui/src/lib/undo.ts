// Undo: the last change, or one that a toast or a history line names.
import { changes } from './changes.svelte';
import { feedback } from './feedback.svelte';
import { entityName, fieldName, t } from './i18n.svelte';
import { desk, type Undone } from './ipc';
import { thrownText } from './problems';

function undoneText(undone: Undone): string {
  const what = undone.title || entityName(undone.kind);
  if (undone.is_of_discard) return t('toast-undone-discard', { what });
  if (undone.action === 'update' && undone.fields.length > 0) {
    const fields = undone.fields.slice(0, 3).map(fieldName).join(', ');
    return t('toast-undone-fields', { what, fields });
  }
  return t(`toast-undone-${undone.action}`, { what });
}

async function run(undo: () => Promise<Undone>): Promise<boolean> {
  try {
    const undone = await undo();
    changes.touch();
    feedback.toast(undoneText(undone));
    return true;
  } catch (thrown) {
    feedback.fail(thrownText(thrown));
    return false;
  }
}

export const undoLast = (): Promise<boolean> => run(() => desk.undo());

export const undoStep = (step: string): Promise<boolean> => run(() => desk.undoStep(step));

export const undoDiscard = (edit: string): Promise<boolean> => run(() => desk.undoDiscard(edit));

/** A toast that offers to take back what was just done. */
export function offerUndo(text: string, step: string | null): void {
  feedback.toast(
    text,
    step ? { label: t('action-undo'), run: () => void undoStep(step) } : undefined,
  );
}
