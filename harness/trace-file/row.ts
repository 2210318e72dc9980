import type { Json, SpanRow } from '../contracts.ts';
import { ColumnNotes, hasColumn } from '../evidence/otlp/attributes.ts';

/** A span of a file, like one of the recording, with what its links say. */
export interface FileSpan extends SpanRow {
  /** It only follows from its parent (FOLLOWS_FROM of OpenTracing, or a link to it): nobody waits for it. */
  readonly follows_only: boolean;
}

/** The columns that are derived from attributes. */
export type ColumnsOfAttributes = Pick<
  SpanRow,
  'http_route' | 'http_status' | 'url_path' | 'peer_service' | 'db_system' | 'attributes'
>;

export function columnsOf(attributes: Readonly<Record<string, Json>>): ColumnsOfAttributes {
  const notes = new ColumnNotes();
  for (const [key, value] of Object.entries(attributes))
    if (hasColumn(key) && (typeof value === 'string' || typeof value === 'number')) notes.note(key, value);
  return {
    http_route: notes.httpRoute,
    http_status: notes.httpStatus,
    url_path: notes.urlPath,
    peer_service: notes.peerService,
    db_system: notes.dbSystem,
    attributes: JSON.stringify(attributes),
  };
}

/**
 * An id as lower-case hex digits, padded: 32 of a trace, 16 of a span. Protobuf's own JSON has ids in base64; what is neither stays as it
 * is, since all that counts is that equal ids are equal.
 */
export function idOf(text: string, digits: 32 | 16): string {
  if (/^[0-9a-f]+$/i.test(text) && text.length <= digits) return text.toLowerCase().padStart(digits, '0');
  const hex = Buffer.from(text, 'base64').toString('hex');
  return hex.length === digits ? hex : text;
}
