/** The schema of what `chaoscope map --format json` prints. */
import { z } from 'zod';
import type { ServiceMap } from './map.ts';

const seconds = z.number().min(0);
const milliseconds = z.number().nullable();
const traceIds = z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(3);

const stats = z.strictObject({
  calls: z.int().min(0),
  ratePerS: z.number().min(0),
  errors: z.int().min(0).describe('Without an answer, or with one of 5xx.'),
  p50Ms: milliseconds,
  p99Ms: milliseconds,
});

const map = z.strictObject({
  run: z.string().min(1),
  title: z.string(),
  system: z.string(),
  build: z.string().nullable(),
  calmS: seconds.describe('Seconds of the measured phases without a fault in force.'),
  faultS: seconds.describe('Seconds with one.'),
  nodes: z.array(
    z.strictObject({
      name: z.string().min(1),
      kind: z.enum(['clients', 'internal', 'external', 'database', 'queue', 'unknown']),
      criticality: z.string().nullable(),
      isDeclared: z.boolean(),
    }),
  ),
  edges: z.array(
    z.strictObject({
      id: z.string().nullable().describe('As the system declares it; null when it does not.'),
      from: z.string().min(1),
      to: z.string().min(1),
      kind: z.enum(['clients', 'call', 'database', 'queue']),
      mode: z
        .enum(['sync', 'async', 'mixed'])
        .nullable()
        .describe('Whether answers wait for it; null when it was not seen.'),
      calm: stats,
      underFault: stats.nullable(),
      faults: z.array(z.string()).describe('Titles of the faults that were in force on it.'),
      examples: traceIds,
    }),
  ),
  discrepancies: z.array(
    z.strictObject({
      severity: z.enum(['finding', 'warning']),
      kind: z.enum(['undeclared-edge', 'unexercised-edge', 'undeclared-service']),
      from: z.string(),
      to: z.string(),
      what: z.string().min(1),
      examples: traceIds,
    }),
  ),
}) satisfies z.ZodType<ServiceMap>;

export const mapSchema = z.strictObject({ schema: z.literal(1), map });
