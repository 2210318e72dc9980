import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callFigures } from '../../../analysis/bottlenecks/lib/call-figures.ts';
import { observe } from '../../../analysis/bottlenecks/lib/observe.ts';
import { quantile } from '../../../analysis/bottlenecks/lib/quantile.ts';
import type { TraceInput, TraceSource } from '../../../analysis/bottlenecks/lib/survey.ts';
import type { PathSpan } from '../../../analysis/critical-path/span.ts';
import { allDetectors } from '../../../commands/lib/bottlenecks/input.ts';
import { reportOf } from '../../../commands/lib/bottlenecks/report.ts';
import { anySpans } from '../critical-path/trees.ts';
import { alone, call, PARTIES, query, span, view } from './support.ts';

const detectors = await allDetectors();

function source(traces: readonly (readonly PathSpan[])[]): TraceSource {
  const inputs: readonly TraceInput[] = traces.map((spans, index) => ({
    route: 'r',
    spans: spans.map((each) => ({ ...each, traceId: `t${index}` })),
  }));
  return {
    parties: PARTIES,
    known: callFigures(inputs, PARTIES),
    async *traces() {
      yield* inputs;
    },
  };
}
const report = (traces: readonly (readonly PathSpan[])[]) =>
  reportOf({ kind: 'file', path: 'f', format: 'test' }, source(traces), detectors);

/** An order of so many items, each checked by a call of 10 ms, and a notice of 20 ms; 100 ms beside. */
function order(items: number): readonly PathSpan[] {
  const checks = Array.from({ length: items }, (_, at) =>
    call(`c${at}`, 'root', at * 10, at * 10 + 10, 'b', { name: 'check' }),
  );
  const notice = call('n', 'root', items * 10, items * 10 + 20, 'b', { name: 'notify' });
  return [span('root', null, 0, items * 10 + 120, { kind: 'server' }), ...checks, notice];
}

describe('a population', () => {
  it('has totals, and for each finding where it is and what mending it does to all of them', async () => {
    const { routes } = await report([order(1), order(1), order(4), order(6)]);
    expect(routes).toHaveLength(1);
    const [route] = routes;
    expect(route).toMatchObject({ route: 'r', traces: 4, p50Ms: 145, spans: 20 });
    const found = route?.findings.map(({ detector, evidence, saving }) => [
      detector,
      evidence.traces,
      evidence.calls,
      saving.meanMs,
    ]);
    expect(found).toContainEqual(['n-plus-one', 2, 10, 40]);
    expect(found).toContainEqual(['synchronous-side-effect', 4, 4, 20]);
    const batch = route?.findings.find(({ detector }) => detector === 'n-plus-one');
    expect(batch?.evidence).toMatchObject({
      traceIds: ['t3', 't2'],
      tracesShare: 0.5,
      pathMs: 50,
      pathShare: 100 / 340,
    });
    // 130, 130, 160, 180 -> 130, 130, 130, 130 -> 20 less.
    expect(batch?.saving.after).toEqual({ p50Ms: 130, p95Ms: 130 });
    expect(route?.after).toEqual([
      { p50Ms: 130, p95Ms: 130 },
      { p50Ms: 110, p95Ms: 110 },
    ]);
  });

  it('is accounted for whole by its critical path', async () => {
    const { routes } = await report([order(3), order(5)]);
    const path = routes[0]?.criticalPath ?? [];
    expect(path.reduce((sum, { meanMs }) => sum + meanMs, 0)).toBeCloseTo(160, 6);
    expect(path.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it('of no trace has no route', async () => {
    expect((await report([])).routes).toEqual([]);
    expect((await report([[]])).routes).toEqual([]);
  });

  it('yields a report that fits the schema, whatever the spans', async () => {
    const named = anySpans.map((spans) =>
      spans.map((each, index) => ({
        ...each,
        name: ['check', 'notify', 'POST'][index % 3] ?? '',
        request: 'GET /',
        verb: 'GET',
        isError: index % 4 === 0,
      })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(named, { maxLength: 3 }), async (traces) => {
        const { routes } = await report(traces);
        for (const { findings, p95Ms } of routes)
          for (const { saving } of findings) expect(saving.after.p95Ms).toBeLessThanOrEqual(p95Ms + 0.001);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is observed', () => {
  const ids = (...spans: readonly PathSpan[]) => {
    const trace = view(...spans);
    return [...observe(detectors, trace, alone(trace)).values()].map(({ detector: { id } }) => id);
  };

  it('is told once, by the detector that explains most', () => {
    const tries = [0, 100, 200].map((at) =>
      call(`t${at}`, 'root', at, at + 90, 'mailer', { name: 'mail', isError: true }),
    );
    expect(ids(span('root', null, 0, 300), ...tries)).toEqual(['retry-storm']);
    const same = [0, 100, 200].map((at) =>
      query(`q${at}`, 'root', at, at + 80, { name: 'q', request: 'SELECT 1' }),
    );
    expect(ids(span('root', null, 0, 300), ...same)).toEqual(['repeated-identical-query']);
  });

  it('is on the critical path', () => {
    const checks = [0, 10, 20].map((at) => call(`c${at}`, 'root', at, at + 10, 'b', { name: 'check' }));
    const slower = span('slower', 'root', 0, 95);
    expect(ids(span('root', null, 0, 100), ...checks)).toContain('n-plus-one');
    expect(ids(span('root', null, 0, 100), ...checks, slower)).not.toContain('n-plus-one');
  });
});

describe('a quantile', () => {
  it('lies between the nearest two, and is none of nothing', () => {
    expect([0, 0.5, 0.95, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([
      1, 2.5, 3.8499999999999996, 4,
    ]);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});
