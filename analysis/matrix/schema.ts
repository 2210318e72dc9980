/** The schema of matrix.json. */
import { z } from 'zod';
import { OUTCOMES } from '../risks/outcomes.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const outcome = z.enum([...OUTCOMES, 'unknown']);

const routeOutcome = z.strictObject({
  route: z.string(),
  outcome,
  goodputRatio: z.number().min(0).nullable(),
  because: z.string(),
  /** What was predicted from the build's run without a fault; null when nothing was. */
  predicted: z.strictObject({ outcome: z.enum(OUTCOMES), because: z.string() }).nullable(),
});

/** Edges that explain the trouble, the likeliest first, as ids, `caller -> callee` or `service itself`; null when there were no spans to look at. */
const suspects = z.strictObject({
  recording: z.array(z.string()).nullable(),
  archive: z.array(z.string()).nullable(),
});

const cell = z.strictObject({
  build: z.string(),
  edge: z.string(),
  fault: z.string(),
  /** With its parameters: `latency of 750 ms`. */
  title: z.string(),
  /** Name of the run's folder beside matrix.json; null when the run is not made. */
  run: z.string().nullable(),
  /** What ended by itself under the fault, such as `order-service died: exit code 1`; null when nothing did. */
  died: z.string().nullable(),
  routes: z.array(routeOutcome),
  blastRadius: z.strictObject({ hit: count, known: count, routes: count }),
  /** Whether the run's evidence proves that the fault took hold; only then its suspects are scored. */
  held: z.boolean(),
  suspects,
});

/** A run in which nothing was broken. */
const nothing = z.strictObject({ build: z.string(), run: z.string(), suspects });

const hits = z.strictObject({ hits: count, share, low: share, high: share });
const score = z.strictObject({
  cases: count,
  withoutFault: count,
  top1: hits,
  top3: hits,
  misses: z.array(
    z.strictObject({ run: z.string(), truth: z.string().nullable(), suspects: z.array(z.string()) }),
  ),
});

const agreement = z.strictObject({
  build: z.string(),
  /** Route and cell with a prediction and a known outcome. */
  compared: count,
  /** Predicted exactly. */
  agreed: count,
  /** Predicted rightly whether the route is touched at all. */
  touchAgreed: count,
  low: share,
  high: share,
});

export const matrixSchema = z.strictObject({
  schema: z.literal(1),
  system: z.string(),
  rate: z.number().positive(),
  phases: z.strictObject({
    warmupS: z.number(),
    baselineS: z.number(),
    faultS: z.number(),
    recoveryS: z.number(),
  }),
  builds: z.array(z.string()),
  routes: z.array(z.string()),
  cells: z.array(cell),
  nothing: z.array(nothing),
  agreement: z.array(agreement),
  /** How often the edge that was broken is found from the spans alone; null without a run. */
  rootCause: z.strictObject({ recording: score.nullable(), archive: score.nullable() }),
});

export type Matrix = z.output<typeof matrixSchema>;
export type MatrixCellResult = z.output<typeof cell>;
export type Agreement = z.output<typeof agreement>;
export type RootCauseScore = z.output<typeof score>;
