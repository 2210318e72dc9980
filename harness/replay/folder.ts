/** The folder of a replay, which is read like that of a run. */
import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunRecord } from '../contracts.ts';
import { messageOf, UserError } from '../errors.ts';
import { parquetPath } from '../evidence/parquet.ts';
import { readSampling, type Sampling } from '../evidence/sampler/config.ts';
import { ENVIRONMENT_FILE, environmentRecord } from '../evidence/sampler/environment.ts';
import type { Settled } from '../evidence/until-still.ts';
import { writeRunRecord } from '../run-folder.ts';
import { baseEnvironment } from '../stack/base-environment.ts';
import type { ReplayOrder } from './order.ts';

const PARTS = ['evidence', 'logs', 'configuration', 'files'] as const;

/**
 * Makes the folder with the run's recording and ledger, and the configuration as the user has it, by which the decisions are
 * predicted. Returns what it does to the traces.
 * @throws UserError when the configuration cannot be read
 */
export async function prepareFolder(order: ReplayOrder): Promise<Sampling> {
  const { folder, runFolder, collectorConfig } = order;
  const environment = { ...baseEnvironment(), ...order.environment };
  let text: string;
  let sampling: Sampling;
  try {
    text = await readFile(collectorConfig, 'utf8');
    sampling = readSampling(text, environment);
  } catch (error) {
    throw new UserError(`--collector-config ${collectorConfig}: ${messageOf(error)}`);
  }
  for (const part of PARTS) await mkdir(join(folder, part), { recursive: true });
  for (const table of ['recording', 'ledger'])
    await linkOrCopy(parquetPath(resolve(runFolder), table), parquetPath(folder, table));
  const configuration = join(folder, 'configuration');
  await writeFile(join(configuration, 'collector.yaml'), text);
  await writeFile(join(configuration, ENVIRONMENT_FILE), environmentRecord(text, environment));
  // What comes out is written to a file that forgets nothing: a backend without a limit.
  await writeFile(join(configuration, 'jaeger.yaml'), '{}\n');
  return sampling;
}

/** Writes run.json: the run's, with what is different in the replay. */
export async function finishFolder(
  { run, label, speed, folder }: ReplayOrder,
  settled: Settled,
): Promise<RunRecord> {
  const { evidence: _checksums, ...rest } = run;
  const none = 'a replay has none';
  const record: RunRecord = {
    ...rest,
    id: `${run.id}-replay-${label}`,
    title: `${run.title}, replayed at ${speed} x`,
    settled,
    missing: { timeline: none, books: none },
    doubts: run.doubts.filter(({ source }) => source === 'recording' || source === 'ledger'),
    notes: [],
    cleanupProblems: [],
  };
  await writeRunRecord(folder, record);
  return record;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
