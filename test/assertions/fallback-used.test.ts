import { describe, expect, it } from 'vitest';
import fallbackUsed from '../../assertions/fallback-used.ts';
import type { SpanRow } from '../../harness/contracts.ts';
import { runRecord } from '../evidence/fixture/run.ts';
import {
  healthyRequests,
  type RunSpec,
  START_US,
  SYSTEM,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { saturate } from './incredible-runs.ts';
import { judgeRun, ordersOf } from './judge-run.ts';

const VIEW = { span: 'payment.charge', primary: 'payment-to-stripe', fallback: 'payment-to-backup' };
const used = fallbackUsed.with(VIEW);
const before = ordersOf('baseline');
const under = ordersOf('fault');
const after = ordersOf('recovery');
const [seq = 0] = under;

describe('fallback-used', () => {
  it('passes when it answers all that the primary does not', async () => {
    expect(await judgeFallback(used, (tables) => fallBack(tables, under))).toMatchObject({
      verdict: 'pass',
      expected:
        'payment-to-backup answers at least 99 % of what payment-to-stripe does not; at most 0 calls of it that were not needed, none before the fault',
      observed: 'needed in 17 of 17 traces, 17 rescued; not needed but called in 0, before the fault in 0',
      figures: {
        traces: 17,
        needed: 17,
        rescued: 17,
        stranded: 0,
        unneeded: 0,
        unneededBefore: 0,
        rescuedPercent: 100,
      },
      examples: [],
    });
  });

  it('fails when traces are stranded', async () => {
    const finding = await judgeFallback(used, (tables) => fallBack(tables, under.slice(1)));
    expect(finding).toMatchObject({
      verdict: 'fail',
      because:
        '1 trace without a good answer of payment-to-stripe and none of payment-to-backup (94.12 % rescued): call it whenever the primary fails',
      figures: { stranded: 1 },
      examples: [traceIdOf(seq)],
    });
  });

  it('passes at exactly the share that must be rescued', async () => {
    const requests = healthyRequests().filter(
      ({ phase, route }, index) => phase !== 'fault' || route !== 'order-create' || index <= (under[9] ?? 0),
    );
    const mutate = (tables: Tables): void => fallBack(tables, under.slice(0, 7));
    const at = fallbackUsed.with({ ...VIEW, minRescuedPercent: 70 });
    expect(await judgeFallback(at, mutate, { requests })).toMatchObject({
      verdict: 'pass',
      figures: { needed: 10, rescued: 7 },
    });
    const above = fallbackUsed.with({ ...VIEW, minRescuedPercent: 70.1 });
    expect((await judgeFallback(above, mutate, { requests })).verdict).toBe('fail');
  });

  it.each<[string, Partial<SpanRow>]>([
    ['fails itself', { http_status: 503 }],
    ['has no answer', { http_status: null }],
    ['has an error', { status: 'error' }],
  ])('does not count a fallback that %s', async (_, change) => {
    const finding = await judgeFallback(used, (tables) => {
      fallBack(tables, under.slice(1));
      fallBack(tables, [seq], change);
    });
    expect(finding).toMatchObject({ verdict: 'fail', examples: [traceIdOf(seq)] });
  });

  it('counts a refusal by the primary as its answer', async () => {
    const finding = await judgeFallback(used, (tables) => {
      fallBack(tables, under.slice(1));
      Object.assign(primaryOf(tables, seq), { status: 'ok', http_status: 402 });
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { traces: 17, needed: 16 } });
  });

  it('fails when it is called though the primary had answered', async () => {
    const mutate = (tables: Tables): void => {
      fallBack(tables, under);
      Object.assign(primaryOf(tables, seq), { status: 'unset', http_status: 201 });
    };
    expect(await judgeFallback(used, mutate)).toMatchObject({
      verdict: 'fail',
      because:
        'payment-to-backup was called in 1 trace though payment-to-stripe had a good answer, allowed 0',
      examples: [traceIdOf(seq)],
    });
    const lenient = fallbackUsed.with({ ...VIEW, maxUnneeded: 1 });
    expect((await judgeFallback(lenient, mutate)).verdict).toBe('pass');
  });

  it('fails when it is called before the fault without need, but not after it', async () => {
    const first = before[0] ?? 0;
    const lenient = fallbackUsed.with({ ...VIEW, maxUnneeded: 5 });
    expect(await judgeFallback(lenient, (tables) => fallBack(tables, [...under, first]))).toMatchObject({
      verdict: 'fail',
      because:
        'payment-to-backup was called in 1 trace before the fault though payment-to-stripe had a good answer',
      figures: { unneeded: 0, unneededBefore: 1 },
      examples: [traceIdOf(first)],
    });
    const finding = await judgeFallback(used, (tables) => fallBack(tables, [...under, ...after]));
    expect(finding.verdict).toBe('pass');
  });

  it('fails when it is called before the fault though nobody asked the primary', async () => {
    const first = before[0] ?? 0;
    const unasked = (tables: Tables): void => {
      fallBack(tables, [...under, first]);
      const id = traceIdOf(first);
      tables.recording = tables.recording.filter(
        ({ trace_id, service, peer_service }) =>
          trace_id !== id || (service !== 'stripe-api' && peer_service !== 'stripe-api'),
      );
    };
    expect(await judgeFallback(used, unasked)).toMatchObject({
      verdict: 'fail',
      because:
        'payment-to-backup was called in 1 trace before the fault though nobody had asked payment-to-stripe: look for what holds calls back, such as a breaker or a bulkhead that is too small',
      figures: { unneededBefore: 0, unaskedBefore: 1 },
      examples: [traceIdOf(first)],
    });
    const busy = (from: number, until: number) => (tables: Tables) => {
      unasked(tables);
      saturate(from, until)(tables);
    };
    expect((await judgeFallback(used, busy(0, 4))).verdict).toBe('inconclusive');
    expect((await judgeFallback(used, busy(6, 9))).verdict).toBe('fail');
  });

  it('does not mind what was exported twice', async () => {
    const twice = ({ recording }: Tables): void =>
      void recording.push(...recording.map((span) => ({ ...span })));
    const finding = await judgeFallback(used, (tables) => {
      fallBack(tables, under.slice(1));
      twice(tables);
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { traces: 17, rescued: 16, stranded: 1 } });
  });

  it('looks at spans that begin while the fault is in force', async () => {
    const record = runRecord(400);
    const late = { fromUs: START_US + 30e6, untilUs: START_US + 40e6 };
    const faults = record.faults.map((fault) => ({ ...fault, ...late }));
    const spans = [START_US + 30e6 - 1, START_US + 30e6, START_US + 40e6 - 1, START_US + 40e6];
    const finding = await judgeFallback(
      used,
      (tables) => {
        for (const span of tables.recording.filter(({ name }) => name === VIEW.span)) span.start_us = 1;
        spans.forEach((start_us, index) => {
          const span = tables.spansOf(under[index] ?? 0).find(({ name }) => name === VIEW.span);
          Object.assign(span ?? {}, { start_us });
        });
        fallBack(tables, under);
      },
      { run: { faults } },
    );
    expect(finding.figures).toMatchObject({ traces: 2, needed: 2 });
  });

  it('looks at all measured phases when the scenario has no fault', async () => {
    const finding = await judgeFallback(used, (tables) => fallBack(tables, under), { run: { faults: [] } });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { traces: 39, needed: 17 } });
  });

  it('is inconclusive when it was not needed', async () => {
    const requests = healthyRequests().map((request) => ({ route: request.route, phase: request.phase }));
    expect(await judgeFallback(used, () => undefined, { requests })).toMatchObject({
      verdict: 'inconclusive',
      because:
        'payment-to-stripe had a good answer in each of 17 traces while the fault was in force, so no fallback was needed',
      figures: { rescuedPercent: null },
    });
  });

  it('is inconclusive without such a span', async () => {
    const other = fallbackUsed.with({ ...VIEW, span: 'payment.refund' });
    expect(await judgeFallback(other, () => undefined)).toMatchObject({
      verdict: 'inconclusive',
      because: "no span 'payment.refund' began while the fault was in force",
    });
  });

  it('rejects an edge that does not exist', async () => {
    await expect(judgeRun(used)).rejects.toThrow(/no edge 'payment-to-backup'.*Set the option 'fallback'/);
    await expect(judgeRun(fallbackUsed.with({ ...VIEW, primary: 'a-to-b' }))).rejects.toThrow(
      /no edge 'a-to-b'.*Set the option 'primary'/,
    );
  });
});

function judgeFallback(assertion: typeof used, mutate: (tables: Tables) => void, spec: RunSpec = {}) {
  const backup = { id: VIEW.fallback, from: 'payment-service', to: 'backup-pay', variable: 'BACKUP_URL' };
  const system = { ...SYSTEM, edges: [...SYSTEM.edges, backup] };
  return judgeRun(assertion, { ...spec, mutate, run: { ...spec.run, system } });
}

/** Records a call to the backup provider in these requests. */
function fallBack(tables: Tables, seqs: readonly number[], change: Partial<SpanRow> = {}): void {
  for (const each of seqs) {
    const charge = tables.spansOf(each).find(({ name }) => name === VIEW.span);
    if (!charge) throw new Error(`request ${each} has no charge`);
    tables.recording.push({
      ...charge,
      span_id: `ffff${charge.span_id.slice(4)}`,
      parent_id: charge.span_id,
      name: 'POST',
      kind: 'client',
      status: 'unset',
      http_status: 201,
      peer_service: 'backup-pay',
      ...change,
    });
  }
}

function primaryOf(tables: Tables, each: number) {
  const call = tables.spansOf(each).find(({ peer_service }) => peer_service === 'stripe-api');
  if (!call) throw new Error(`request ${each} has no call to Stripe`);
  return call;
}
