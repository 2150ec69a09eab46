// Where the window is: a path behind the `#`, so that going back, the mouse's back button and
// a reload all work. Each visit remembers its scroll position, its focus and what a view put in.

import { parsePath, paths, type Route } from './routes';

export { paths };

/** What a visit remembers while the window is open. */
export interface Visit {
  scroll: number;
  focus: string | null;
  /** The view's own: list position, filters. */
  kept: Record<string, unknown>;
}

interface State {
  visit: number;
  depth: number;
}

class Router {
  path = $state('/');
  /** Counts visits: a view is made anew for each. */
  visit = $state(0);
  /** Whether this visit is a return, so that place and focus are put back. */
  returned = false;
  #depth = 0;
  #newest = 0;
  #visits = new Map<number, Visit>();
  /** The newest visit of each path that the rail leads back to. */
  #resumable = new Map<string, Visit>();

  get route(): Route {
    return parsePath(this.path);
  }

  /** What the present visit remembers. */
  get here(): Visit {
    let visit = this.#visits.get(this.visit);
    if (!visit) {
      visit = { scroll: 0, focus: null, kept: {} };
      this.#visits.set(this.visit, visit);
    }
    return visit;
  }

  start(): () => void {
    const arrive = () => this.#arrive();
    window.addEventListener('popstate', arrive);
    this.#enter(readHash(), 0, 'replace');
    return () => window.removeEventListener('popstate', arrive);
  }

  go(path: string): void {
    if (path === this.path) return;
    this.#leave();
    this.#enter(path, this.#depth + 1, 'push');
  }

  /** Like go, but filters, order and position are those of the last visit there. */
  resume(path: string): void {
    const last = this.#resumable.get(path);
    this.go(path);
    if (last && this.path === path && this.here !== last)
      Object.assign(this.here, structuredClone(last));
  }

  /** Like go, but the present visit is not one to come back to. */
  replace(path: string): void {
    this.#leave();
    this.#enter(path, this.#depth, 'replace');
  }

  /** One step back; from the first visit, home. */
  back(): void {
    if (this.#depth > 0) {
      history.back();
    } else if (this.path !== paths.find) {
      this.replace(paths.find);
    }
  }

  #leave(): void {
    const here = this.here;
    here.scroll = document.querySelector('[data-page-scroll]')?.scrollTop ?? 0;
    here.focus = focusedId();
    if (this.route.line.resumes) this.#resumable.set(this.path, here);
  }

  #enter(path: string, depth: number, how: 'push' | 'replace'): void {
    this.#newest += 1;
    const state: State = { visit: this.#newest, depth };
    if (how === 'push') history.pushState(state, '', `#${path}`);
    else history.replaceState(state, '', `#${path}`);
    this.#show(path, state, false);
  }

  #arrive(): void {
    this.#leave();
    const path = readHash();
    const state = history.state as State | null;
    if (state && this.#visits.has(state.visit)) {
      this.#show(path, state, true);
    } else {
      // A link or an address typed by hand: a visit that nobody prepared.
      this.#enter(path, this.#depth + 1, 'replace');
    }
  }

  #show(path: string, state: State, returned: boolean): void {
    this.#depth = state.depth;
    this.returned = returned;
    this.visit = state.visit;
    this.path = path;
    void this.here;
  }
}

/** The id by which the focus is found again. The page itself is none: it would take the focus
    from what a view gives it to on its own. */
function focusedId(): string | null {
  const named = document.activeElement?.closest('[id]');
  return named && !named.matches('main') ? named.id : null;
}

function readHash(): string {
  const path = location.hash.replace(/^#/, '');
  return path.startsWith('/') ? path : '/';
}

export const router = new Router();
