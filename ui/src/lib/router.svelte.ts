// Where the window is: a path behind the `#`, so that going back, the mouse's back button and
// a reload all work. Each visit remembers its scroll position, its focus and what a view put in.

export type Route =
  | { name: 'find' }
  | { name: 'check-in' }
  | { name: 'check-in-known'; id: string }
  | { name: 'check-in-new' }
  | { name: 'customers' }
  | { name: 'new-customer' }
  | { name: 'customer'; id: string }
  | { name: 'new-vehicle'; customer: string | null }
  | { name: 'vehicles' }
  | { name: 'vehicle'; id: string }
  | { name: 'sync' }
  | { name: 'settings' };

const PATTERNS: [RegExp, (id: string) => Route][] = [
  [/^\/$/, () => ({ name: 'find' })],
  [/^\/check-in$/, () => ({ name: 'check-in' })],
  [/^\/check-in\/new$/, () => ({ name: 'check-in-new' })],
  [/^\/check-in\/([^/]+)$/, (id) => ({ name: 'check-in-known', id })],
  [/^\/customers$/, () => ({ name: 'customers' })],
  [/^\/customers\/new$/, () => ({ name: 'new-customer' })],
  [/^\/customers\/([^/]+)\/new-vehicle$/, (id) => ({ name: 'new-vehicle', customer: id })],
  [/^\/customers\/([^/]+)$/, (id) => ({ name: 'customer', id })],
  [/^\/vehicles$/, () => ({ name: 'vehicles' })],
  [/^\/vehicles\/new$/, () => ({ name: 'new-vehicle', customer: null })],
  [/^\/vehicles\/([^/]+)$/, (id) => ({ name: 'vehicle', id })],
  [/^\/sync$/, () => ({ name: 'sync' })],
  [/^\/settings$/, () => ({ name: 'settings' })],
];

/** The route of a path; a path that leads nowhere leads home. */
export function parsePath(path: string): Route {
  for (const [pattern, make] of PATTERNS) {
    const match = pattern.exec(path);
    if (match) return make(decodeURIComponent(match[1] ?? ''));
  }
  return { name: 'find' };
}

export const paths = {
  find: '/',
  checkIn: '/check-in',
  checkInNew: '/check-in/new',
  checkInKnown: (id: string) => `/check-in/${encodeURIComponent(id)}`,
  customers: '/customers',
  newCustomer: '/customers/new',
  customer: (id: string) => `/customers/${encodeURIComponent(id)}`,
  newVehicle: (customer: string | null) =>
    customer ? `/customers/${encodeURIComponent(customer)}/new-vehicle` : '/vehicles/new',
  vehicles: '/vehicles',
  vehicle: (id: string) => `/vehicles/${encodeURIComponent(id)}`,
  sync: '/sync',
  settings: '/settings',
};

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
