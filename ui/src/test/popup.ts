// What a menu or a choice offers. Without a layout, what floats is nowhere and has no name.
import { waitFor } from '@testing-library/svelte';

/** The entry with that text, once it is there. */
export const entry = (text: string): Promise<HTMLElement> =>
  waitFor(() => {
    const all = document.querySelectorAll<HTMLElement>('[role="menuitem"], [role="option"]');
    const found = [...all].find((one) => one.textContent.trim() === text);
    if (!found) throw new Error(`nothing offers “${text}”`);
    return found;
  });
