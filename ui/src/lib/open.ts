// Opening what was found, and remembering it for the start page.
import type { SearchHit } from './ipc';
import { paths, router } from './router.svelte';

export function openHit(hit: SearchHit): void {
  if (hit.kind === 'vehicle') router.go(paths.vehicle(hit.id));
  else if (hit.kind === 'customer') router.go(paths.customer(hit.id));
}
