// The papers that somebody goes through: the list from which one was opened.
import { paths, router } from './router.svelte';

class Looking {
  ids = $state.raw<string[]>([]);
}

export const looking = new Looking();

/** Opens a paper, among those that stand around it. */
export function openPaper(id: string, among: readonly string[] = [id]): void {
  looking.ids = [...among];
  router.go(paths.paper(id));
}
