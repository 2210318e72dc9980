/** Makes the folder of a run of stripe-slow of any size, without a stack, in which all of its assertions are judged. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phase, RunRecord } from '../../harness/contracts.ts';
import { evidenceChecksums } from '../../harness/evidence/checksums.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { writeRunRecord } from '../../harness/run-folder.ts';
import { systemRecord } from '../../harness/system-record.ts';
import scenario from '../../scenarios/stripe-slow.ts';
import { phasesOf, RATE, requestsSql } from './requests.ts';
import { archivedSql, shapesSql, spansSql, TRACES } from './spans.ts';
import { BOOKS, gaugesSql, LEDGER, timelineSql } from './tables.ts';

/** A round number, in the past. */
const START_US = 1_760_000_000_000_000;
const CONFIG = join(import.meta.dirname, '..', '..', 'config');

export interface Generated {
  readonly requests: number;
  readonly spans: number;
}

/** Writes a whole run folder; the same number of requests gives the same run. */
export async function generateRun(folder: string, requests: number): Promise<Generated> {
  const phases = phasesOf(requests, START_US);
  await mkdir(join(folder, 'configuration'), { recursive: true });
  for (const file of ['collector.yaml', 'jaeger.yaml'])
    await cp(join(CONFIG, file), join(folder, 'configuration', file));
  const evidence = await EvidenceWriter.create(folder);
  let spans: number;
  try {
    await evidence.connection.run(`CREATE TABLE requests AS ${requestsSql(requests, phases)}`);
    await evidence.connection.run(`CREATE TABLE shapes AS ${shapesSql()}`);
    spans = await countSpans(evidence);
    await evidence.save('ledger', LEDGER);
    await evidence.save('recording', spansSql());
    await evidence.save('archive', archivedSql());
    await evidence.save('gauges', gaugesSql(phases, spans));
    await evidence.save('timeline', timelineSql(phases, scenario.faults[0]?.on ?? ''));
    for (const [name, sql] of Object.entries(BOOKS)) await evidence.save(`books_${name}`, sql);
  } finally {
    evidence.close();
  }
  await writeRunRecord(folder, { ...recordOf(requests, phases), evidence: await evidenceChecksums(folder) });
  return { requests, spans };
}

async function countSpans({ connection }: EvidenceWriter): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT sum(n) FROM (${TRACES}) JOIN (SELECT variant, count(*) AS n FROM shapes GROUP BY variant) USING (variant)`,
  );
  return Number(reader.getRowsJS()[0]?.[0]);
}

function recordOf(requests: number, phases: readonly Phase[]): RunRecord {
  const fault = phases.find(({ name }) => name === 'fault');
  const done = { ok: true, waitedS: 13, detail: 'generated' };
  return {
    schema: 1,
    id: `generated-${requests}`,
    scenario: 'stripe-slow',
    title: scenario.title,
    hypothesis: scenario.hypothesis,
    seed: 1,
    startedAt: new Date(START_US / 1000).toISOString(),
    status: 'completed',
    system: systemRecord(scenario.system),
    load: { driver: 'generated', rate: RATE, timeoutMs: scenario.load.timeoutMs, planned: requests },
    phases,
    faults: scenario.faults.map(({ on, fault: { id, parameters } }) => ({
      on,
      id,
      parameters,
      ...(fault ? { fromUs: fault.startUs + 20_000, untilUs: fault.endUs } : {}),
    })),
    assertions: scenario.assertions.map(({ id, options }) => ({ id, options })),
    settled: done,
    tools: {},
    atRest: done,
    doubts: [],
    notes: [],
    missing: {},
    cleanupProblems: [],
    timings: {},
  };
}
