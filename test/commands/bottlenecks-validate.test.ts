import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { later } from '../../analysis/bottlenecks/lib/what-if.ts';
import { validate } from '../../commands/lib/bottlenecks/validation/validate.ts';
import type { Result, RunRecord } from '../../harness/contracts.ts';
import { makeRun, SYSTEM } from '../evidence/fixture.ts';
import { PASSED } from '../reports/results.ts';

const EXPERIMENT = { mitigations: ['outbox'], scenario: 's', whatIf: later('nothing of that name') };
const OPTIONS = { rate: 6, warmup: 0, baseline: 20, fault: 30, recovery: 20, seed: 1 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-validate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A run of the experiment as if it had been made before. */
async function made(
  name: string,
  run: Partial<RunRecord> = {},
  load: Partial<Result['assertions'][number]> = {},
): Promise<void> {
  const fixture = await makeRun({
    run: {
      faults: [],
      load: { driver: 'vegeta', rate: OPTIONS.rate, timeoutMs: 10_000, planned: 420 },
      seed: OPTIONS.seed,
      system: { ...SYSTEM, routes: ['product-read', 'order', 'health'] },
      ...run,
    },
    mutate({ ledger }) {
      for (const [index, row] of ledger.entries())
        if (row.route === 'order-create') ledger[index] = { ...row, route: 'order' };
    },
  });
  renameSync(fixture.folder, join(folder, name));
  // Of load-achieved alone.
  const assertions = PASSED.assertions.map((each) => ({ ...each, ...load }));
  writeFileSync(join(folder, name, 'result.json'), JSON.stringify({ ...PASSED, assertions }));
}

function validated() {
  return validate(folder, [EXPERIMENT], OPTIONS, new AbortController().signal);
}

describe('validate, of runs that were made before', { timeout: 60_000 }, () => {
  it('compares them', async () => {
    await made('s-naive');
    await made('s-naive-with-outbox');
    const { predictions, doubts, meanAbsoluteError } = await validated();
    expect(predictions.map(({ phase }) => phase)).toEqual(['baseline', 'fault']);
    expect(doubts).toEqual([]);
    expect(meanAbsoluteError.all).toBe(0);
  });

  it('doubts a run whose load was not as planned', async () => {
    await made('s-naive', {}, { verdict: 'inconclusive', because: 'the machine was saturated' });
    await made('s-naive-with-outbox');
    const { doubts } = await validated();
    expect(doubts).toEqual([{ run: 's-naive', because: 'the machine was saturated' }]);
  });

  it.each<[string, Partial<RunRecord>, RegExp]>([
    [
      'another rate',
      { load: { driver: 'vegeta', rate: 7, timeoutMs: 10_000, planned: 490 } },
      /made with 7 requ/,
    ],
    ['another seed', { seed: 2 }, /seed 2.*Ask for the same/],
    ['no end', { status: 'interrupted' }, /is interrupted.*Remove it/],
  ])('refuses one with %s', async (_what, run, message) => {
    await made('s-naive');
    await made('s-naive-with-outbox', run);
    await expect(validated()).rejects.toThrow(message);
  });
});
