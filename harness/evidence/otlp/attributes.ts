/** The attributes that have a column of their own, and how they are found. */
import type { AttributeColumns } from './span.ts';

type Value = string | number;

/** Attribute key -> property; of several keys for one property, those of a later convention win. */
const KEYS: Readonly<Record<string, readonly [property: keyof AttributeColumns, rank: number]>> = {
  'http.route': ['httpRoute', 1],
  'http.response.status_code': ['httpStatus', 2],
  'http.status_code': ['httpStatus', 1],
  'url.path': ['urlPath', 3],
  'http.target': ['urlPath', 2],
  'url.full': ['urlPath', 1],
  'http.url': ['urlPath', 0],
  'peer.service': ['peerService', 1],
  'db.system.name': ['dbSystem', 2],
  'db.system': ['dbSystem', 1],
};

/** Whether `note` may do anything with the key. */
export function hasColumn(key: string): boolean {
  return Object.hasOwn(KEYS, key);
}

/** Gathers the column values of one span. */
export class ColumnNotes implements AttributeColumns {
  httpRoute: string | null = null;
  httpStatus: number | null = null;
  urlPath: string | null = null;
  peerService: string | null = null;
  dbSystem: string | null = null;
  readonly #ranks: Record<string, number> = {};

  /** Takes note of an attribute for which `hasColumn` holds. */
  note(key: string, value: Value): void {
    const entry = KEYS[key];
    if (entry === undefined) return;
    const [property, rank] = entry;
    if ((this.#ranks[property] ?? -1) > rank) return;
    this.#ranks[property] = rank;
    if (property === 'httpStatus') this.httpStatus = statusOf(value);
    else if (property === 'urlPath') this.urlPath = pathOf(key, String(value));
    else this[property] = String(value);
  }
}

/** The path of url.path (as it is), of http.target (path and query), or of a full URL. */
function pathOf(key: string, value: string): string {
  if (key === 'url.path') return value;
  const path = key === 'http.target' ? value : value.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path.split(/[?#]/, 1)[0] || '/';
}

/** An HTTP status, or null for what cannot be one. */
function statusOf(value: Value): number | null {
  const status = Number(value);
  return Number.isInteger(status) && status > 0 && status < 1000 ? status : null;
}
