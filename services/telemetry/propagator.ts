import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { z } from 'zod';
import { readSettings } from '../lib/settings.ts';

const known: Readonly<Record<string, () => TextMapPropagator | undefined>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  none: () => undefined,
};

/** The propagators that OTEL_PROPAGATORS names, separated by commas. Baggage only on demand: nobody here reads it. */
export function propagator(): TextMapPropagator {
  const { OTEL_PROPAGATORS: names } = readSettings({
    OTEL_PROPAGATORS: z
      .string()
      .default('tracecontext')
      .transform((list) => list.split(',').map((name) => name.trim()))
      .refine((list) => list.every((name) => Object.hasOwn(known, name)), {
        error: `must be a comma-separated list of ${Object.keys(known).join(', ')}`,
      }),
  });
  return new CompositePropagator({ propagators: names.flatMap((name) => known[name]?.() ?? []) });
}
