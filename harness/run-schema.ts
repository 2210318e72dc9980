/** The schema of run.json, checked when a folder is judged: it may be another version's, or somebody's own. */
import { z } from 'zod';
import type { Json, RunRecord } from './contracts.ts';
import { doubtSchema, howSchema, sourceSchema } from './result-schema.ts';

const texts = z.record(z.string(), z.string());
const numbers = z.record(z.string(), z.number());
const list = z.array(z.string());
const wait = z.object({ ok: z.boolean(), waitedS: z.number(), detail: z.string() });
const json: z.ZodType<Json> = z.json();

const promise = z.object({
  id: z.string(),
  title: z.string(),
  when: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('path'), paths: list }),
    z.object({ kind: z.literal('error') }),
    z.object({ kind: z.literal('slow'), ms: z.number() }),
    z.object({ kind: z.literal('any') }),
  ]),
  keepPercent: z.number().min(0).max(100),
});

const system = z.looseObject({
  name: z.string(),
  entry: z.string(),
  services: z.record(
    z.string(),
    z.object({ kind: z.string(), criticality: z.string(), metrics: z.boolean().optional() }),
  ),
  edges: z.array(
    z.object({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      variable: z.string(),
      value: z.string().exactOptional(),
      timeoutMs: z.number().positive().exactOptional(),
      connections: z.number().positive().exactOptional(),
    }),
  ),
  promises: z.array(promise),
  routes: list,
  protections: z
    .array(
      z.object({
        mitigation: z.string(),
        edge: z.string(),
        timeout: z.literal(true).exactOptional(),
        standIn: z.object({ routes: list, outcome: z.enum(['unaffected', 'degraded']) }).exactOptional(),
      }),
    )
    .exactOptional(),
});

export const runSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string().min(1),
  scenario: z.string().min(1),
  title: z.string(),
  hypothesis: z.string(),
  seed: z.number(),
  startedAt: z.string(),
  status: z.enum(['completed', 'broken', 'interrupted']),
  problem: z
    .object({
      part: z.string(),
      partKind: z.enum(['database', 'archive', 'collector', 'proxy', 'service', 'load']),
      message: z.string(),
      logTail: z.string(),
    })
    .exactOptional(),
  system,
  build: z.object({ id: z.string(), on: list, off: list }).exactOptional(),
  how: howSchema.exactOptional(),
  evidence: texts.exactOptional(),
  load: z.object({
    driver: z.string(),
    rate: z.number().positive(),
    timeoutMs: z.number(),
    planned: z.number(),
  }),
  phases: z.array(
    z.object({
      name: z.enum(['warmup', 'baseline', 'fault', 'recovery']),
      startUs: z.number(),
      endUs: z.number(),
    }),
  ),
  faults: z.array(
    z.object({
      on: z.string(),
      id: z.string(),
      parameters: numbers,
      fromUs: z.number().exactOptional(),
      untilUs: z.number().exactOptional(),
    }),
  ),
  assertions: z.array(z.object({ id: z.string(), options: z.record(z.string(), json) })),
  settled: wait,
  tools: texts,
  atRest: wait.exactOptional(),
  // Runs of before there were doubts have none.
  doubts: z.array(doubtSchema).default([]),
  notes: list,
  missing: z.partialRecord(sourceSchema, z.string()),
  cleanupProblems: list,
  timings: numbers,
}) satisfies z.ZodType<RunRecord>;
