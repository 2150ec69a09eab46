// Where one can be: the one table of the paths, what stands there, and where in the rail it
// belongs. The router, the page and the rail read it.
import type { IconName } from '../parts/Icon.svelte';

export interface RouteLine {
  /** `:name` is a part that the view is given under that name. */
  path: string;
  /** The component below views/. */
  view: string;
  /** What else the view is given. */
  props?: Record<string, string | null>;
  /** The place of the rail that is lit; the first route of a place is where it leads. */
  place: PlaceName;
  /** The rail leads back to where one was there: filters, order and position stay. */
  resumes?: boolean;
}

export type PlaceName =
  'find' | 'check-in' | 'customers' | 'vehicles' | 'documents' | 'alerts' | 'sync' | 'settings';

export interface Place {
  name: PlaceName;
  /** Its message is `nav-<name>`. */
  icon: IconName;
  keys?: string;
  isAtFoot?: boolean;
}

export const PLACES: readonly Place[] = [
  { name: 'find', icon: 'find', keys: '/' },
  { name: 'check-in', icon: 'check-in', keys: 'c' },
  { name: 'customers', icon: 'people' },
  { name: 'vehicles', icon: 'car' },
  { name: 'documents', icon: 'paper' },
  { name: 'alerts', icon: 'bell', keys: 'b' },
  { name: 'sync', icon: 'sync', keys: 'y', isAtFoot: true },
  { name: 'settings', icon: 'settings', isAtFoot: true },
];

/** The first that fits counts: words before names. */
export const ROUTES = {
  find: { path: '/', view: 'Find/Find', place: 'find' },
  checkIn: { path: '/check-in', view: 'CheckIn/CheckIn', place: 'check-in' },
  checkInNew: {
    path: '/check-in/new',
    view: 'CheckIn/NewCar',
    props: { purpose: 'check-in', customer: null },
    place: 'check-in',
  },
  checkInKnown: { path: '/check-in/:id', view: 'CheckIn/KnownCar', place: 'check-in' },
  customers: { path: '/customers', view: 'Customers/Customers', place: 'customers', resumes: true },
  newCustomer: { path: '/customers/new', view: 'Customer/NewCustomer', place: 'customers' },
  newVehicleOf: {
    path: '/customers/:customer/new-vehicle',
    view: 'CheckIn/NewCar',
    props: { purpose: 'vehicle' },
    place: 'vehicles',
  },
  customer: { path: '/customers/:id', view: 'Customer/Customer', place: 'customers' },
  vehicles: { path: '/vehicles', view: 'Vehicles/Vehicles', place: 'vehicles', resumes: true },
  newVehicle: {
    path: '/vehicles/new',
    view: 'CheckIn/NewCar',
    props: { purpose: 'vehicle', customer: null },
    place: 'vehicles',
  },
  vehicle: { path: '/vehicles/:id', view: 'Vehicle/Vehicle', place: 'vehicles' },
  papers: { path: '/documents', view: 'Papers/Papers', place: 'documents', resumes: true },
  paper: { path: '/documents/:id', view: 'Papers/Paper', place: 'documents' },
  alerts: { path: '/alerts', view: 'Alerts/Alerts', place: 'alerts', resumes: true },
  alertCalendar: { path: '/alerts/calendar', view: 'Alerts/Calendar', place: 'alerts' },
  sync: { path: '/sync', view: 'Sync/Sync', place: 'sync' },
  settings: { path: '/settings', view: 'Settings/Settings', place: 'settings' },
} as const satisfies Record<string, RouteLine>;

export type RouteName = keyof typeof ROUTES;

/** A path, understood. */
export interface Route {
  name: RouteName;
  line: RouteLine;
  /** What the view is given. */
  props: Record<string, string | null>;
}

const PATTERNS = (Object.entries(ROUTES) as [RouteName, RouteLine][]).map(([name, line]) => ({
  name,
  line,
  pattern: new RegExp(`^${line.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}));

/** The route of a path; a path that leads nowhere leads home. */
export function parsePath(path: string): Route {
  for (const { name, line, pattern } of PATTERNS) {
    const match = pattern.exec(path);
    if (!match) continue;
    const given = Object.entries(match.groups ?? {}).map(([key, text]) => [
      key,
      decodeURIComponent(text),
    ]);
    return { name, line, props: { ...line.props, ...Object.fromEntries(given) } };
  }
  return { name: 'find', line: ROUTES.find, props: {} };
}

/** Where a place of the rail leads. */
export const pathOfPlace = (place: PlaceName): string =>
  Object.values<RouteLine>(ROUTES).find((line) => line.place === place)?.path ?? ROUTES.find.path;

const filled = (path: string, name: string, value: string): string =>
  path.replace(`:${name}`, encodeURIComponent(value));

export const paths = {
  find: ROUTES.find.path,
  checkIn: ROUTES.checkIn.path,
  checkInNew: ROUTES.checkInNew.path,
  checkInKnown: (id: string) => filled(ROUTES.checkInKnown.path, 'id', id),
  customers: ROUTES.customers.path,
  newCustomer: ROUTES.newCustomer.path,
  customer: (id: string) => filled(ROUTES.customer.path, 'id', id),
  newVehicle: (customer: string | null) =>
    customer ? filled(ROUTES.newVehicleOf.path, 'customer', customer) : ROUTES.newVehicle.path,
  vehicles: ROUTES.vehicles.path,
  vehicle: (id: string) => filled(ROUTES.vehicle.path, 'id', id),
  papers: ROUTES.papers.path,
  paper: (id: string) => filled(ROUTES.paper.path, 'id', id),
  alerts: ROUTES.alerts.path,
  alertCalendar: ROUTES.alertCalendar.path,
  sync: ROUTES.sync.path,
  settings: ROUTES.settings.path,
};
