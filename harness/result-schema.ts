/** The schema of result.json: what judge() promises, checked before anybody sees it, and published as JSON Schema. */
import { z } from 'zod';
import type { ConservedStage, Doubt, Finding, How, Result } from './contracts.ts';

const verdict = z.enum(['pass', 'fail', 'inconclusive', 'error']);
const amount = z.number().int().min(0);
const milliseconds = z.number().nullable();
const texts = z.record(z.string(), z.string());

export const sourceSchema = z.enum(['ledger', 'recording', 'archive', 'timeline', 'gauges', 'books']);

export const doubtSchema = z.strictObject({
  source: sourceSchema,
  what: z.string().min(1),
  searchLimit: z
    .literal(true)
    .exactOptional()
    .describe('Of the archive: its search may not have answered all that it holds.'),
}) satisfies z.ZodType<Doubt>;

const configuration = z.strictObject({
  file: z.string().describe('As the user gave it, or `shipped`.'),
  sha256: z.string().describe("Of the copy in the run's folder."),
});

export const howSchema = z.strictObject({
  faultsApplied: z.boolean().describe('False with --no-fault.'),
  environment: z.record(z.string(), texts).describe('Settings of services that were given by --env.'),
  configurations: z.strictObject({ collector: configuration, jaeger: configuration }),
  version: z.string().describe('Of chaoscope.'),
  git: z.strictObject({ revision: z.string(), isDirty: z.boolean() }).nullable(),
  machine: z.strictObject({
    cores: z.number(),
    memoryBytes: z.number(),
    kernel: z.string(),
    node: z.string(),
  }),
}) satisfies z.ZodType<How>;

/** What an assertion found. */
export const findingSchema = z.strictObject({
  verdict,
  expected: z.string().describe('What must hold, with its bounds.'),
  observed: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  examples: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .max(10)
    .describe('Trace ids to look at.'),
  because: z.string().optional().describe('Why it failed or is inconclusive.'),
}) satisfies z.ZodType<Finding>;

const judgedAssertion = z.strictObject({
  id: z.string().min(1).describe("The assertion's id."),
  title: z.string().min(1),
  ...findingSchema.shape,
});

const fateCount = z.strictObject({
  promise: z.string().nullable(),
  promised: z.enum(['keep', 'drop', 'sample', 'unknown']),
  predicted: z.enum(['keep', 'drop', 'unknown']),
  observed: z.enum(['whole', 'part', 'absent']),
  count: amount,
});

const routeFigures = z.strictObject({
  route: z.string(),
  phase: z.string(),
  requests: amount,
  failed: amount.describe('Without an answer of 2xx or 3xx.'),
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
});

const conservedStage = z.strictObject({
  stage: z.enum(['sdk', 'receiver', 'recorder', 'sampler', 'exporter', 'archive']),
  unit: z.enum(['spans', 'traces']),
  in: amount,
  out: amount,
  losses: z.array(z.strictObject({ stage: z.string(), count: amount })),
  unaccounted: z
    .number()
    .int()
    .describe('Neither came out nor is counted as lost; below 0: more came out than went in.'),
  tolerance: amount.describe('How much may be unaccounted: what nobody saw of a part that ended.'),
}) satisfies z.ZodType<ConservedStage>;

/** A result with nothing in it that the schema does not name. */
export const resultSchema = z.strictObject({
  schema: z.literal(1),
  run: z.string().min(1),
  folder: z.string().min(1),
  scenario: z.string().min(1),
  title: z.string(),
  hypothesis: z.string(),
  build: z
    .strictObject({ id: z.string(), on: z.array(z.string()), off: z.array(z.string()) })
    .optional()
    .describe('The build of the system that ran: its mitigations that were on and off.'),
  how: howSchema
    .optional()
    .describe('How the run was made: what the command line, the code and the machine add to the scenario.'),
  seed: z.number(),
  verdict,
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
  because: z.string().min(1),
  requests: z.strictObject({
    planned: amount,
    sent: amount,
    answered: amount,
    rate: z.number().min(0).describe('Sent per second over the measured phases.'),
  }),
  assertions: z.array(judgedAssertion),
  fate: z.array(fateCount),
  lost: z
    .array(
      z.strictObject({ traceId: z.string(), promised: z.string(), stage: z.string(), route: z.string() }),
    )
    .max(1000),
  lostCount: amount,
  conservation: z
    .array(conservedStage)
    .optional()
    .describe('By stage of the pipeline: in = out + losses + unaccounted, by the counters of its parts.'),
  routes: z.array(routeFigures),
  tools: texts,
  phases: z.array(z.strictObject({ name: z.string(), start: z.iso.datetime(), end: z.iso.datetime() })),
  problem: z
    .strictObject({
      part: z.string(),
      partKind: z.enum(['database', 'archive', 'collector', 'proxy', 'service', 'load']),
      message: z.string(),
      logTail: z.string(),
    })
    .optional(),
  doubts: z
    .array(doubtSchema)
    .describe('Evidence that is known to be incomplete or duplicated: what needs it cannot pass.'),
  notes: z.array(z.string()).describe('What is worth knowing of the evidence, but harmless.'),
  cleanupProblems: z.array(z.string()),
  timings: z.record(z.string(), z.number()),
}) satisfies z.ZodType<Result>;

/** JSON Schema (draft 2020-12) of result.json, for those who read it with other tools. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { target: 'draft-2020-12' });
}
