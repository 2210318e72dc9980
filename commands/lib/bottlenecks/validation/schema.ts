/** The schema of what `chaoscope bottlenecks --validate --json` prints. */
import { z } from 'zod';

const ms = z.number().min(0).nullable();

const percentile = z.strictObject({
  asIsMs: ms.describe('Without the mitigations, measured.'),
  predictedMs: ms.describe('With them, predicted from that run.'),
  measuredMs: ms.describe('With them, measured.'),
  errorShare: z.number().min(0).nullable().describe('|predicted - measured| / as is.'),
});

const prediction = z.strictObject({
  mitigations: z.array(z.string()).min(1),
  scenario: z.string(),
  phase: z.enum(['baseline', 'fault']),
  orders: z.number().int().min(0).describe('In the smaller of the two runs.'),
  p50: percentile,
  p95: percentile,
});

export const validationSchema = z.strictObject({
  schema: z.literal(1),
  folder: z.string(),
  ratePerS: z.number(),
  predictions: z.array(prediction),
  meanAbsoluteError: z
    .strictObject({
      baseline: z.number().nullable(),
      fault: z.number().nullable(),
      all: z.number().nullable(),
    })
    .describe('Mean of errorShare, over p50 and p95.'),
  target: z.number(),
  doubts: z
    .array(z.strictObject({ run: z.string(), because: z.string() }))
    .describe(
      'Runs whose times are not to be believed: the load was not as planned, or the machine was busy.',
    ),
});

export type Prediction = z.infer<typeof prediction>;
export type Validation = z.infer<typeof validationSchema>;
