// How many alerts are raised, for the rail: told by the desk when time passes, and counted again
// when something was written.
import { changes } from './changes.svelte';
import { desk, onAlertsChanged } from './ipc';

class AlertCount {
  raised = $state(0);

  /** Counts, and follows from now on. */
  start(): void {
    onAlertsChanged((raised) => {
      this.raised = raised;
      // The lists that are on the screen load again, as for anything that came from elsewhere.
      changes.take({
        records: [{ kind: 'alert', id: '', of: [], is_from_elsewhere: true }],
        settings: false,
        everything: false,
      });
    });
    changes.on(
      () => ({ kinds: ALERTING }),
      () => void this.#count(),
    );
    void this.#count();
  }

  async #count(): Promise<void> {
    try {
      this.raised = await desk.alertCount();
    } catch {
      // The event says it as soon as the desk can.
    }
  }
}

/** Records from which alerts follow. */
export const ALERTING = ['alert', 'customer', 'vehicle', 'document', 'note'] as const;

export const alertCount = new AlertCount();
