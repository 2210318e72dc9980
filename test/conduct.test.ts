/** A run from its start to run.json, on parts that are not real: what they do wrong must show, and must lose nothing. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conduct } from '../harness/conduct.ts';
import type { RunRecord } from '../harness/contracts.ts';
import { Interrupted, NotRestored } from '../harness/errors.ts';
import { changesSince, sha256Of } from '../harness/evidence/checksums.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { readRunRecord } from '../harness/run-folder.ts';
import { prepare, REQUESTS, recordOf, type Wrong } from './conduct-fixture.ts';

const FIRST = REQUESTS[0]?.traceId ?? '';

/** How many requests are observed whole, and otherwise. */
async function observed(folder: string, run: RunRecord): Promise<Readonly<Record<string, number>>> {
  const evidence = await openEvidence(folder, run, []);
  try {
    const rows = await evidence.query<{ observed: string; count: number }>(
      'SELECT observed, count(*) AS count FROM fate GROUP BY observed',
    );
    return Object.fromEntries(rows.map((row) => [row.observed, row.count]));
  } finally {
    evidence.close();
  }
}

/** Something interrupts the run under load. */
function interrupted(): Wrong {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    more: () => {
      controller.abort(new Interrupted('SIGINT'));
      return [];
    },
  };
}

test.concurrent('a run in which all is well has no doubt and no note, and leaves its record', async (context) => {
  const { order, folder } = await prepare(context);
  const run = await conduct(order);
  expect(run).toMatchObject({ status: 'completed', settled: { ok: true }, missing: {}, cleanupProblems: [] });
  expect([run.doubts, run.notes]).toEqual([[], []]);
  expect(await readRunRecord(folder)).toEqual(JSON.parse(JSON.stringify(run)));
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length });
});

test.concurrent('a run says how it was made, and what its evidence was', async (context) => {
  const { order, folder } = await prepare(context);
  const environment = { front: { A: '1' } };
  const run = await conduct({
    ...order,
    applyFaults: false,
    given: { environment, collectorConfig: 'mine.yaml' },
  });
  expect(run.how).toMatchObject({
    faultsApplied: false,
    environment,
    configurations: {
      collector: { file: 'mine.yaml', sha256: await sha256Of(order.collectorConfig) },
      jaeger: { file: 'shipped', sha256: await sha256Of(order.jaegerConfig) },
    },
  });
  expect(Object.keys(run.evidence ?? {})).toEqual([
    'archive.parquet',
    'gauges.parquet',
    'ledger.parquet',
    'recording.parquet',
    'timeline.parquet',
  ]);
  expect(await changesSince(folder, run)).toEqual({ doubts: [], notes: [] });
});

test.concurrent("what the archive's search left out is asked for by id, comes in, and is noted", async (context) => {
  const { order, folder, jaeger } = await prepare(context);
  jaeger.hidden = new Set([FIRST]);
  const run = await conduct(order);
  expect(jaeger.asked).toEqual([FIRST]);
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length });
  expect(run.doubts).toEqual([]);
  expect(run.notes).toEqual([
    expect.stringContaining('1 traces were answered by the archive by their id only'),
  ]);
});

test.concurrent('an archive that fails at the end costs no evidence: a doubt on it', async (context) => {
  const { order, folder, jaeger } = await prepare(context);
  jaeger.hidden = new Set([FIRST]);
  jaeger.brokenById = true;
  await conduct(order);
  const run = await readRunRecord(folder);
  expect(run.status).toBe('completed');
  expect(run.doubts).toEqual([
    {
      source: 'archive',
      what: expect.stringMatching(/could not be asked for by id: Jaeger .* answered 500/),
    },
  ]);
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length - 1, absent: 1 });
});

test.concurrent('a record twice, and one of nobody, are doubts on the ledger', async (context) => {
  const foreign = recordOf({ traceId: 'f'.repeat(32), route: 'read' });
  const { order } = await prepare(context, { more: (records) => [...records.slice(0, 2), foreign] });
  const { doubts } = await conduct(order);
  expect(doubts).toEqual([
    { source: 'ledger', what: '1 records of the driver belong to no planned request' },
    { source: 'ledger', what: '2 records of the driver are the second or a later one of their request' },
  ]);
});

test.concurrent('what cannot be stopped at the end is in the record', async (context) => {
  const { order } = await prepare(context, { stopProblems: ['the toxic latency is still in force'] });
  expect((await conduct(order)).cleanupProblems).toEqual(['the toxic latency is still in force']);
});

test.concurrent('an interrupted run that cannot be cleaned up says so, and what is left', async (context) => {
  const stopProblems = ['the toxic latency is still in force'];
  const { order, folder } = await prepare(context, { ...interrupted(), stopProblems });
  const error = await conduct(order).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotRestored);
  expect(error).toMatchObject({
    problems: stopProblems,
    cause: expect.any(Interrupted),
    message: 'stopped by SIGINT\nNOT everything could be restored:\n  the toxic latency is still in force',
  });
  expect(existsSync(join(folder, 'run.json'))).toBe(false);
});

test.concurrent('an interrupted run that is cleaned up is interrupted, no more', async (context) => {
  const { order } = await prepare(context, interrupted());
  await expect(conduct(order)).rejects.toBeInstanceOf(Interrupted);
});

test.concurrent('a run that is interrupted while its traces settle is interrupted, too', async (context) => {
  const controller = new AbortController();
  const { order } = await prepare(context, { signal: controller.signal });
  const message = (text: string) => {
    if (text.startsWith('waiting until the traces have settled'))
      setTimeout(() => controller.abort(new Interrupted('SIGTERM')), 100);
  };
  const observer = { ...order.observer, message };
  await expect(conduct({ ...order, observer })).rejects.toBeInstanceOf(Interrupted);
});

test.concurrent('a Collector configuration that leads to no archive is refused before anything starts', async (context) => {
  const { order, folder } = await prepare(context, { exporters: 'file/recording' });
  await expect(conduct(order)).rejects.toThrow('no pipeline of traces leads to an otlp');
  expect(order.stackDriver.start).not.toHaveBeenCalled();
  await expect(readFile(join(folder, 'configuration', 'collector.yaml'))).rejects.toThrow('ENOENT');
});
