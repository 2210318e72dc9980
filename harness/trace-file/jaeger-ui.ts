/** What Jaeger's UI downloads and its API v2 answers: `{ "data": [{ "traceID", "spans", "processes" }] }`. */
import { z } from 'zod';
import type { Json, SpanRow } from '../contracts.ts';
import { columnsOf, type FileSpan, idOf } from './row.ts';

const id = z.string().min(1, 'must not be empty');
const tags = z
  .array(z.looseObject({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).nullish() }))
  .nullish();
const microseconds = z.number('must be microseconds').nonnegative();

const spanSchema = z.looseObject({
  traceID: id,
  spanID: id,
  operationName: z.string().default(''),
  parentSpanID: z.string().nullish(),
  references: z
    .array(z.looseObject({ refType: z.string(), traceID: z.string().optional(), spanID: z.string() }))
    .nullish(),
  startTime: microseconds,
  duration: microseconds,
  tags,
  processID: z.string().optional(),
  process: z.looseObject({ serviceName: z.string(), tags }).nullish(),
});

const processSchema = z.looseObject({ serviceName: z.string(), tags });

const traceSchema = z.looseObject({
  spans: z.array(spanSchema),
  processes: z.record(z.string(), processSchema).nullish(),
});

export const jaegerUiSchema = z.looseObject({ data: z.array(traceSchema) });

/** All spans of a document that fits the schema. */
export function jaegerUiSpans(document: z.infer<typeof jaegerUiSchema>): readonly FileSpan[] {
  return document.data.flatMap(({ spans, processes }) =>
    spans.map((span) => spanOf(span, span.process ?? processes?.[span.processID ?? ''])),
  );
}

function spanOf(
  span: z.infer<typeof spanSchema>,
  process: z.infer<typeof processSchema> | undefined,
): FileSpan {
  const attributes = objectOf(span.tags);
  const isError = attributes['error'] === true || attributes['error'] === 'true';
  const message = attributes['otel.status_description'];
  const startUs = Math.round(span.startTime);
  return {
    trace_id: idOf(span.traceID, 32),
    span_id: idOf(span.spanID, 16),
    ...parentOf(span),
    service: process?.serviceName ?? 'unknown',
    name: span.operationName,
    kind: kindOf(String(attributes['span.kind'] ?? '')),
    start_us: startUs,
    end_us: startUs + Math.round(span.duration),
    status: isError ? 'error' : attributes['otel.status_code'] === 'OK' ? 'ok' : 'unset',
    status_message: typeof message === 'string' ? message : null,
    ...columnsOf(attributes),
    events: '[]',
    resource: JSON.stringify(objectOf(process?.tags)),
  };
}

/** The first CHILD_OF reference to a span of the same trace; else the first FOLLOWS_FROM: then nobody waits for it. */
function parentOf({
  traceID,
  parentSpanID,
  references,
}: z.infer<typeof spanSchema>): Pick<FileSpan, 'parent_id' | 'follows_only'> {
  const own = (references ?? []).filter((reference) => (reference.traceID ?? traceID) === traceID);
  const find = (type: string) => own.find(({ refType }) => refType === type)?.spanID;
  const parent = find('CHILD_OF') ?? (parentSpanID || undefined);
  const followed = parent ?? find('FOLLOWS_FROM');
  return {
    parent_id: followed === undefined ? null : idOf(followed, 16),
    follows_only: parent === undefined && followed !== undefined,
  };
}

function objectOf(list: z.infer<typeof tags>): Readonly<Record<string, Json>> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, value ?? null]));
}

function kindOf(text: string): SpanRow['kind'] {
  const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
  return kinds.find((kind) => kind === text.toLowerCase()) ?? 'unspecified';
}
