// Opens the card on which a record is seen and puts the focus at one of its fields.
import type { CardOf } from './ipc';
import { paths, router } from './router.svelte';

/** Local data is there within a few frames. */
const PATIENCE_FRAMES = 90;

export function cardPath(card: CardOf): string {
  return card.kind === 'vehicle' ? paths.vehicle(card.id) : paths.customer(card.id);
}

export function goToCard(card: CardOf): void {
  router.go(cardPath(card));
}

/** Goes to the card and opens the field for editing; without such a field, only goes there. */
export function goToField(card: CardOf, field: string): void {
  goToCard(card);
  let frames = 0;
  const look = () => {
    frames += 1;
    const found = document.querySelector<HTMLElement>(
      `main [data-field="${CSS.escape(field)}"] :is([data-edit], [role=switch], [role=combobox])`,
    );
    if (found) {
      found.scrollIntoView({ block: 'center' });
      if (found.matches('[data-edit]')) found.click();
      else found.focus();
    } else if (frames < PATIENCE_FRAMES) {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}
