import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileTraces } from '../../../analysis/bottlenecks/lib/file-traces.ts';
import { allDetectors } from '../../../commands/lib/bottlenecks/input.ts';
import { reportOf } from '../../../commands/lib/bottlenecks/report.ts';
import { parseTraces, type TraceFormat } from '../../../harness/trace-file/read.ts';
import { exerciseSpans, exerciseText } from './exercise.ts';

const FORMATS = ['OTLP JSON', 'Jaeger API v3 JSON', 'Jaeger UI export'] as const satisfies TraceFormat[];

const analyse = async (text: string) => {
  const { format, spans } = parseTraces(text, 'trace.json');
  const report = await reportOf(
    { kind: 'file', path: 'trace.json', format },
    fileTraces(spans),
    await allDetectors(),
  );
  const [route, ...others] = report.routes;
  if (!route || others.length > 0) throw new Error('one route was expected');
  return route;
};

describe("the exercise's trace", () => {
  it('is the example of the documentation', async () => {
    const example = await readFile(
      join(import.meta.dirname, '../../../docs/examples/slow-order.json'),
      'utf8',
    );
    expect(JSON.parse(example)).toEqual(JSON.parse(exerciseText('OTLP JSON')));
  });

  it.each(FORMATS)('has its three findings with its numbers, as %s', async (format) => {
    const { findings, p50Ms } = await analyse(exerciseText(format));
    expect(p50Ms).toBe(4200);
    expect(
      findings.map(({ severity, detector, place, evidence, saving }) => ({
        severity,
        detector,
        where: `${place.within} ${place.span}`,
        edge: place.edge,
        pathMs: evidence.pathMs,
        calls: evidence.calls,
        saves: saving.meanMs,
      })),
    ).toEqual([
      {
        severity: 'critical',
        detector: 'dominant-external-call',
        where: 'payment.charge stripe.api',
        edge: 'payment-service -> stripe-api',
        pathMs: 3750,
        calls: 1,
        saves: 3750,
      },
      {
        severity: 'warning',
        detector: 'n-plus-one',
        where: 'null inventory.check',
        edge: 'order-service -> inventory-service',
        pathMs: 155,
        calls: 4,
        saves: 115,
      },
      {
        severity: 'info',
        detector: 'synchronous-side-effect',
        where: 'null notification.send',
        edge: 'order-service -> notification-service',
        pathMs: 50,
        calls: 1,
        saves: 50,
      },
    ]);
    const [stripe, check, notice] = findings;
    expect(Math.round((stripe?.evidence.pathShare ?? 0) * 100)).toBe(89);
    expect(stripe?.remedies.slice(0, 3).join(' ')).toMatch(/time-out of 3 s.*circuit breaker.*fallback/);
    expect(check?.figures).toMatchObject({ calls: 4, batchMs: 40 });
    expect(check?.remedies[0]).toMatch(/batch.*POST \/inventory\/check-batch.*40 ms/);
    expect(notice?.remedies[0]).toMatch(/asynchronous by a queue/);
  });

  it.each(FORMATS)('goes from 4200 to about 450 to about 300 ms, as %s', async (format) => {
    const { after } = await analyse(exerciseText(format));
    expect(after.map(({ p50Ms }) => p50Ms)).toEqual([450, 335, 285]);
  });

  it('is accounted for to the millisecond', async () => {
    const { criticalPath } = await analyse(exerciseText('OTLP JSON'));
    expect(criticalPath.reduce((sum, { meanMs }) => sum + meanMs, 0)).toBe(4200);
    expect(criticalPath.find(({ span }) => span === 'POST /api/orders')?.meanMs).toBe(75);
  });

  it('has the same findings when its spans have no kinds and come in another order', async () => {
    const plain = exerciseSpans()
      .map((span) => ({ ...span, kind: 'internal' as const, attributes: {} }))
      .reverse();
    const { findings, after } = await analyse(exerciseText('OTLP JSON', plain));
    expect(findings.map(({ detector }) => detector)).toEqual([
      'dominant-external-call',
      'n-plus-one',
      'synchronous-side-effect',
    ]);
    expect(after.map(({ p50Ms }) => p50Ms)).toEqual([450, 335, 285]);
  });
});
