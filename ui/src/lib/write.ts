// Writes of the screens: save, and say what was doubtful about it. The screens hear of it as of
// every commit.
import { feedback } from './feedback.svelte';
import { desk, type EntityKind, type JsonValue, type Saved } from './ipc';
import { problemText, thrownText } from './problems';

/** After a write: doubts are said. */
export function wrote(saved: Saved): Saved {
  if (saved.warnings.length > 0) feedback.toast(saved.warnings.map(problemText).join(' '));
  return saved;
}

/** Saves one field. Throws a CommandFailure when the desk refuses. */
export async function saveField(
  kind: EntityKind,
  id: string,
  field: string,
  value: JsonValue,
  confirm: boolean,
): Promise<void> {
  wrote(await desk.editRecord(kind, id, { [field]: value }, confirm));
}

/** An action that has no field to stand at: what goes wrong becomes a toast. */
export async function act(action: () => Promise<Saved>): Promise<Saved | null> {
  try {
    return wrote(await action());
  } catch (thrown) {
    feedback.fail(thrownText(thrown));
    return null;
  }
}
