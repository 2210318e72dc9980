/** The schema of what `chaoscope risks --json` prints. */
import { z } from 'zod';
import { FAULTS, OUTCOMES } from './outcomes.ts';
import type { RiskTable } from './risk-table.ts';

const texts = z.array(z.string());
const outcome = z.enum(OUTCOMES);
const node = {
  node: z.string().min(1),
  kind: z.enum(['internal', 'external', 'database']),
  criticality: z.string().nullable().describe('As the system declares it; null for a database.'),
};

const risks = z.strictObject({
  singlePoints: z.array(
    z.strictObject({
      ...node,
      position: z.enum(['end', 'on the way']),
      routes: z
        .array(z.strictObject({ route: z.string(), edges: texts.min(1), because: z.string().min(1) }))
        .min(1),
      share: z.number().min(0).max(1).describe('Of all good requests, those of these routes.'),
      remedy: z.string(),
    }),
  ),
  cascades: z.array(
    z.strictObject({
      edge: z.string(),
      services: texts.min(3),
      path: texts.min(2),
      routes: texts.min(1),
      remedy: z.string(),
    }),
  ),
  degradations: z.array(
    z.strictObject({
      ...node,
      routes: z.array(z.strictObject({ route: z.string(), outcome, because: z.string() })),
      apart: z.int().min(0).describe('Calls that no answer waits for.'),
      untouched: texts,
      remedy: z.string(),
    }),
  ),
  predictions: z.array(
    z.strictObject({
      route: z.string(),
      edge: z.string(),
      fault: z.enum(FAULTS),
      outcome,
      path: texts.describe('Edges by which the damage climbs, the faulty one first.'),
      because: z.string().min(1),
    }),
  ),
  requests: z.record(z.string(), z.int().min(0)).describe('Good requests by route.'),
  notes: texts,
}) satisfies z.ZodType<RiskTable>;

export const risksSchema = z.strictObject({
  schema: z.literal(1),
  run: z.string(),
  build: z.string().nullable(),
  risks,
});
