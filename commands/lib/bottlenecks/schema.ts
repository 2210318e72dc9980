/** The schema of what `chaoscope bottlenecks --json` prints. */
import { z } from 'zod';

const share = z.number().min(0).max(1.000001);
const amount = z.number().int().min(0);
const ms = z.number().min(0);
const percentiles = z.strictObject({ p50Ms: ms, p95Ms: ms });

const place = z.strictObject({
  service: z.string(),
  span: z.string().describe('Name of the operation.'),
  edge: z.string().nullable().describe('`caller -> callee` when it is a call.'),
});

const finding = z.strictObject({
  detector: z.string().min(1),
  title: z.string().min(1),
  severity: z.enum(['critical', 'warning', 'info']),
  place: place.extend({ within: z.string().nullable().describe('The step around it; null at the root.') }),
  what: z.string().min(1),
  evidence: z.strictObject({
    traceIds: z.array(z.string()).min(1).max(5).describe('Those in which it took longest.'),
    traces: amount.min(1).describe('In which it was seen.'),
    tracesShare: share,
    calls: amount.min(1).describe('Spans, in all of these traces together.'),
    pathMs: ms.describe('On the critical path, mean of these traces.'),
    pathShare: share.describe('Of the critical path of these traces.'),
  }),
  figures: z.record(z.string(), z.number()).describe('Means of what the detector measured.'),
  remedies: z.array(z.string()).min(1).describe('What helps most first.'),
  saving: z.strictObject({
    atMost: z.boolean().describe('How much of it is to be had, the traces do not say.'),
    meanMs: z.number().describe('Predicted by re-timing; mean of the traces in which it was seen.'),
    after: percentiles.describe('Of all traces of the route, if this alone was mended.'),
  }),
});

export const bottlenecksSchema = z.strictObject({
  schema: z.literal(1),
  input: z.strictObject({ kind: z.enum(['run', 'file']), path: z.string(), format: z.string() }),
  routes: z.array(
    z.strictObject({
      route: z.string(),
      traces: amount.min(1),
      spans: amount.min(1),
      p50Ms: ms,
      p95Ms: ms,
      criticalPath: z.array(place.extend({ meanMs: ms, share })).describe('Own time by place, most first.'),
      findings: z.array(finding),
      after: z
        .array(percentiles)
        .describe('When the first n + 1 of the findings whose saving is no bound are mended together.'),
      notes: z.strictObject({
        duplicates: amount.describe('Spans that were delivered more than once.'),
        moved: amount.describe("Spans that were moved, since their host's clock differs."),
        async: amount.describe('Spans that nobody waits for.'),
        placed: amount.describe('Spans without their parent, placed below the shortest that encloses them.'),
        left: amount.describe('Spans below no span of the tree.'),
      }),
    }),
  ),
});

export type BottleneckReport = z.infer<typeof bottlenecksSchema>;
