// The window's search box, wherever it stands: `/` goes there.
class SearchFocus {
  #focus: (() => void)[] = [];

  /** The newest box is the one that `/` means, until the answer is called. */
  offer(focus: () => void): () => void {
    this.#focus.push(focus);
    return () => {
      this.#focus = this.#focus.filter((other) => other !== focus);
    };
  }

  now(): void {
    this.#focus.at(-1)?.();
  }
}

export const searchFocus = new SearchFocus();
