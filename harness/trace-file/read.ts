/** Traces that somebody has saved to a file, in one of the formats that tools write. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../errors.ts';
import { documentsOf } from '../evidence/json-documents.ts';
import { jaegerUiSchema, jaegerUiSpans } from './jaeger-ui.ts';
import { otlpSchema, otlpSpans } from './otlp.ts';
import type { FileSpan } from './row.ts';

export type TraceFormat = 'OTLP JSON' | 'Jaeger API v3 JSON' | 'Jaeger UI export';

export interface TraceFile {
  readonly format: TraceFormat;
  readonly spans: readonly FileSpan[];
}

const ALLOWED =
  'Allowed are OTLP JSON ({"resourceSpans": …}), an answer of Jaeger\'s API v3 ({"result": {"resourceSpans": …}}) and a download of Jaeger\'s UI ({"data": [{"spans": …, "processes": …}]}).';

/** Files are read as a whole, so what does not fit into memory is refused. */
const MOST_BYTES = 512 * 1024 * 1024;

const api3Schema = z.looseObject({ result: otlpSchema });

/**
 * Reads the traces of a file; the format is told by the content.
 * @throws UserError that says what is wrong and where
 */
export async function readTraceFile(path: string): Promise<TraceFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UserError(`${path} is no readable file: ${messageOf(error)}`);
  });
  if (bytes.length > MOST_BYTES)
    throw new UserError(
      `${path} is too large to be read at once (${bytes.length} bytes; allowed are ${MOST_BYTES}). Cut it into files of whole traces.`,
    );
  return parseTraces(bytes.toString('utf8'), path);
}

/** @param name of the file, for messages */
export function parseTraces(text: string, name: string): TraceFile {
  const documents = jsonOf(text, name);
  const [first] = documents;
  if (first === undefined) throw new UserError(`${name} is empty. ${ALLOWED}`);
  const format = formatOf(first, name);
  const spans = documents.flatMap((document, index) =>
    spansOf(format, document, documents.length > 1 ? `${name}, document ${index + 1}` : name),
  );
  if (spans.length === 0) throw new UserError(`${name} (${format}) holds no span`);
  return { format, spans };
}

function jsonOf(text: string, name: string): readonly unknown[] {
  try {
    return documentsOf(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(`${name} is not JSON: ${messageOf(error)}. ${ALLOWED}`);
  }
}

function formatOf(document: unknown, name: string): TraceFormat {
  if (has(document, 'resourceSpans')) return 'OTLP JSON';
  if (has(document, 'result') && has(document.result, 'resourceSpans')) return 'Jaeger API v3 JSON';
  if (has(document, 'data') && Array.isArray(document.data)) return 'Jaeger UI export';
  throw new UserError(`${name} is no trace that can be read. ${ALLOWED}`);
}

function spansOf(format: TraceFormat, document: unknown, name: string): readonly FileSpan[] {
  switch (format) {
    case 'OTLP JSON':
      return otlpSpans(checked(otlpSchema, document, format, name));
    case 'Jaeger API v3 JSON':
      return otlpSpans(checked(api3Schema, document, format, name).result);
    case 'Jaeger UI export':
      return jaegerUiSpans(checked(jaegerUiSchema, document, format, name));
  }
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
  format: TraceFormat,
  name: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue, ...others] = parsed.error.issues;
  const where = issue?.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new UserError(
    `${name} is no ${format}: ${where?.replace(/^\./, '') ?? ''}: ${issue?.message}${more}`,
  );
}

function has<Key extends string>(value: unknown, key: Key): value is Readonly<Record<Key, unknown>> {
  return typeof value === 'object' && value !== null && key in value;
}
