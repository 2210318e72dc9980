/**
 * Every check can fail: what the catalogue breaks must be caught, and just that. The clean runs break nothing: without
 * them, an assertion that is always red would go unnoticed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeFolder } from '../../commands/lib/verdict.ts';
import { resultSchema } from '../../harness/result-schema.ts';
import { type Attempt, attempt, type Workshop } from './attempt.ts';
import { entries } from './catalogue.ts';
import { Material } from './material.ts';
import { Runs } from './runs.ts';
import { SIXTY_THOUSAND } from './sixty-thousand.ts';
import { summary } from './table.ts';

const RUN_MS = 300_000;
/** For those in the queue before it as well, some of which may have to be made twice. */
const QUEUE_MS = 1_500_000;

const folder = mkdtempSync(join(tmpdir(), 'chaoscope-sabotage-'));
const runs = new Runs();
const workshop: Workshop = { folder, runs, material: new Material(join(folder, 'material'), runs) };
const all = await entries();
const onEvidence = all.filter(({ sabotage }) => sabotage.level === 'evidence');
const onRealParts = all.filter(({ sabotage }) => sabotage.level === 'run' && sabotage.isTested);
const attempts: Attempt[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${summary(attempts)}\n`);
});

function expectCaught(found: Attempt): void {
  attempts.push(found);
  expect({ status: found.status, problems: found.problems }).toEqual({ status: 'caught', problems: [] });
}

describe('unbroken', () => {
  it('stripe-slow passes', { timeout: RUN_MS }, async () => {
    const clean = await workshop.material.clean('stripe-slow');
    expect(clean).toMatchObject({ notPassed: {}, verdict: 'pass', exitCode: 0, stages: [] });
  });

  it('stripe-slow is judged the same again, offline', { timeout: RUN_MS }, async () => {
    const { folder: run } = await workshop.material.clean('stripe-slow');
    const before = resultSchema.parse(JSON.parse(await readFile(join(run, 'result.json'), 'utf8')));
    // As JSON, in which a property without a value is no property.
    expect(JSON.parse(JSON.stringify(await judgeFolder(run)))).toEqual(before);
  });

  it('60,000 generated requests pass', { timeout: RUN_MS }, async () => {
    const clean = await workshop.material.clean(SIXTY_THOUSAND);
    expect(clean).toMatchObject({ notPassed: {}, verdict: 'pass', stages: [] });
  });
});

describe('spoilt evidence', () => {
  it.each(onEvidence)('$id: $sabotage.title', { timeout: 120_000 }, async (entry) => {
    expectCaught(await attempt(entry, workshop));
  });
});

// Several at once wait for their turn, so that one can begin while the one before waits for its traces.
describe.concurrent('broken with the real parts', () => {
  it.each(onRealParts)('$id: $sabotage.title', { timeout: QUEUE_MS }, async (entry) => {
    expectCaught(await attempt(entry, workshop));
  });
});
