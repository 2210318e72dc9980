/** OTLP/JSON: what exporters and the Collector's file exporter write, and Jaeger's API v3 answers. */
import { z } from 'zod';
import { KINDS, STATUSES } from '../evidence/otlp/span.ts';
import { keyValueSchema, objectOf } from './attributes.ts';
import { columnsOf, type FileSpan, idOf } from './row.ts';

const nanoseconds = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d+$/, 'must be nanoseconds since the Unix epoch'));
const attributes = z.array(keyValueSchema).nullish();
const id = z.string().min(1, 'must not be empty');

const spanSchema = z.looseObject({
  traceId: id,
  spanId: id,
  parentSpanId: z.string().nullish(),
  name: z.string().default(''),
  kind: z.union([z.number(), z.string()]).default(0),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  links: z.array(z.looseObject({ spanId: z.string().default('') })).nullish(),
  status: z
    .looseObject({ code: z.union([z.number(), z.string()]).default(0), message: z.string().optional() })
    .nullish(),
});

export const otlpSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }).nullish(),
      scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema).nullish() })).nullish(),
    }),
  ),
});

/** All spans of a document that fits the schema. */
export function otlpSpans(document: z.infer<typeof otlpSchema>): readonly FileSpan[] {
  return document.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const described = objectOf(resource?.attributes ?? []);
    const service = String(described['service.name'] ?? 'unknown');
    const spans = (scopeSpans ?? []).flatMap((scope) => scope.spans ?? []);
    return spans.map((span) => spanOf(span, service, JSON.stringify(described)));
  });
}

function spanOf(span: z.infer<typeof spanSchema>, service: string, resource: string): FileSpan {
  const parentId = /^0*$/.test(span.parentSpanId ?? '') ? null : idOf(span.parentSpanId ?? '', 16);
  return {
    trace_id: idOf(span.traceId, 32),
    span_id: idOf(span.spanId, 16),
    parent_id: parentId,
    service,
    name: span.name,
    kind: nameOf(span.kind, KINDS, 'SPAN_KIND_'),
    start_us: microseconds(span.startTimeUnixNano),
    end_us: microseconds(span.endTimeUnixNano),
    status: nameOf(span.status?.code ?? 0, STATUSES, 'STATUS_CODE_'),
    status_message: span.status?.message || null,
    ...columnsOf(objectOf(span.attributes ?? [])),
    events: '[]',
    resource,
    // A parent that is linked to as well: the exporter has turned a FOLLOWS_FROM into both.
    follows_only: parentId !== null && (span.links ?? []).some((link) => idOf(link.spanId, 16) === parentId),
  };
}

/** A number of OTLP's enumeration, or its name; what is unknown counts as the first. */
function nameOf<Name extends string>(
  value: number | string,
  names: readonly [Name, ...Name[]],
  prefix: string,
): Name {
  const found =
    typeof value === 'number'
      ? names[value]
      : names.find((name) => name === value.replace(prefix, '').toLowerCase());
  return found ?? names[0];
}

/** Nanoseconds exceed what a double holds exactly. */
function microseconds(text: string): number {
  return text.length > 3 ? Number(text.slice(0, -3)) : 0;
}
