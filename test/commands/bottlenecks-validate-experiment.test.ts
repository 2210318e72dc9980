import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { later } from '../../analysis/bottlenecks/lib/what-if.ts';
import { validateExperiment } from '../../commands/lib/bottlenecks/validation/validate-experiment.ts';
import type { SpanRow } from '../../harness/contracts.ts';
import { type FixtureRun, makeRun, SYSTEM } from '../evidence/fixture.ts';

/** The fixture's orders as orders of the shop, each of them so many milliseconds shorter than it was recorded. */
function runOf(shorterMs: number): Promise<FixtureRun> {
  return makeRun({
    run: { faults: [], system: { ...SYSTEM, routes: ['product-read', 'order', 'health'] } },
    mutate(tables) {
      for (const [index, row] of tables.ledger.entries())
        if (row.route === 'order-create') tables.ledger[index] = { ...row, route: 'order' };
      for (const [index, row] of tables.recording.entries())
        if (isOrder(row)) tables.recording[index] = { ...row, end_us: row.end_us - shorterMs * 1000 };
    },
  });
}

function isOrder({ kind, service, url_path }: SpanRow): boolean {
  return kind === 'server' && service === 'api-gateway' && url_path === '/api/orders';
}

let before: FixtureRun;
let after: FixtureRun;
beforeAll(async () => {
  [before, after] = await Promise.all([runOf(0), runOf(10)]);
});
afterAll(() => {
  before.remove();
  after.remove();
});

describe('an experiment', { timeout: 60_000 }, () => {
  const experiment = { mitigations: ['outbox'], scenario: 's', whatIf: later('nothing of that name') };

  it('has no error when what was predicted is what was measured', async () => {
    const rows = await validateExperiment(experiment, { before: before.folder, after: before.folder });
    expect(rows.map(({ phase }) => phase)).toEqual(['baseline', 'fault']);
    for (const { orders, p50, p95 } of rows) {
      expect(orders).toBeGreaterThan(0);
      expect([p50.errorShare, p95.errorShare]).toEqual([0, 0]);
      expect(p50.asIsMs).toBeGreaterThan(0);
    }
  });

  it('tells the error as a share of the time as it is', async () => {
    const [row] = await validateExperiment(experiment, { before: before.folder, after: after.folder });
    const { asIsMs, predictedMs, measuredMs, errorShare } = row?.p50 ?? {};
    expect(predictedMs).toBe(asIsMs);
    expect(measuredMs).toBeCloseTo((asIsMs ?? 0) - 10, 6);
    expect(errorShare).toBeCloseTo(10 / (asIsMs ?? 1), 6);
  });

  it('predicts what the recorded spans say of the step that goes', async () => {
    const rows = await validateExperiment(
      { ...experiment, whatIf: later('order.create') },
      { before: before.folder, after: after.folder },
    );
    for (const { p50 } of rows) expect(p50.predictedMs).toBeLessThan(p50.asIsMs ?? 0);
  });
});
