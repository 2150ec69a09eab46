// Lines that appear because another desk wrote them fade in with a thin mark.
import { changes } from './changes.svelte';

/** As long as a glance takes to find it. */
const MARKED_MS = 2_500;

/** For a line of a list that shows the record: `{@attach arrival(id)}`. */
export const arrival = (id: string) => (line: HTMLElement) => {
  if (!changes.isFromElsewhere(id)) return () => undefined;
  line.classList.add('has-arrived');
  const timer = setTimeout(() => line.classList.remove('has-arrived'), MARKED_MS);
  return () => {
    clearTimeout(timer);
    line.classList.remove('has-arrived');
  };
};
