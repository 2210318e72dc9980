import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileTraces } from '../../../analysis/bottlenecks/lib/file-traces.ts';
import { runTraces } from '../../../analysis/bottlenecks/lib/run-traces.ts';
import { survey, type TraceSource } from '../../../analysis/bottlenecks/lib/survey.ts';
import { allDetectors } from '../../../commands/lib/bottlenecks/input.ts';
import type { SpanRow } from '../../../harness/contracts.ts';
import type { OpenEvidence } from '../../../harness/evidence/store.ts';
import { type FixtureRun, makeRun } from '../../evidence/fixture.ts';

let run: FixtureRun;
let evidence: OpenEvidence;
beforeAll(async () => {
  run = await makeRun();
  evidence = await run.open();
});
afterAll(() => run.remove());

/** Spans of each trace without their ids, which are hashes when they come from a run. */
async function essence(source: TraceSource): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { spans } of source.traces())
    for (const { spanId: _id, parentId, ...rest } of spans)
      found.push(
        JSON.stringify(
          { ...rest, hasParent: parentId !== null },
          Object.keys({ ...rest, hasParent: 1 }).sort(),
        ),
      );
  return found.sort();
}

describe('the traces of a run', () => {
  it('are those of its recording, as if they came from a file', async () => {
    const rows = await evidence.query<SpanRow>('SELECT * FROM recording');
    const file = fileTraces(rows);
    const source = await runTraces(evidence, {});
    const spans = await essence(source);
    expect(spans).toHaveLength(rows.length);
    // The host is told by the resource alone; the fixture's resources have none.
    expect(spans).toEqual(await essence(file));
    for (const [key, figures] of file.known) expect([key, source.known.get(key)]).toEqual([key, figures]);
  });

  it('yield the same findings as the same spans from a file', async () => {
    const detectors = await allDetectors();
    const rows = await evidence.query<SpanRow>('SELECT * FROM recording');
    const source = await runTraces(evidence, {});
    // Of a file nobody knows who is external, nor by which route a request came.
    const file = { ...fileTraces(rows), parties: source.parties };
    const findings = async (from: TraceSource) =>
      (await survey(from, detectors)).flatMap(({ groups }) =>
        groups.map((sum) => [sum.detector.id, sum.group().traces, sum.examples]),
      );
    const ofRun = await findings(source);
    expect(ofRun.length).toBeGreaterThan(0);
    expect(new Set(ofRun.map((each) => JSON.stringify(each)))).toEqual(
      new Set((await findings(file)).map((each) => JSON.stringify(each))),
    );
  });

  it('are chosen by route and phase', async () => {
    const [count] = await evidence.query<{ n: number }>(
      `SELECT count(*) AS n FROM ledger l WHERE route = 'order-create' AND phase = 'fault'
         AND EXISTS (SELECT 1 FROM recording r WHERE r.trace_id = l.trace_id)`,
    );
    const routes = [];
    const source = await runTraces(evidence, { route: 'order-create', phase: 'fault' });
    for await (const { route } of source.traces()) routes.push(route);
    expect(routes).toHaveLength(count?.n ?? -1);
    expect(new Set(routes)).toEqual(new Set(['order-create']));
  });

  it('find Stripe, which is slow while the fault is in force', async () => {
    const [route] = await survey(await runTraces(evidence, { route: 'order-create' }), await allDetectors());
    const [first] = route?.groups ?? [];
    expect(first?.group().place.edge).toBe('payment-service -> stripe-api');
  });
});
