import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { faultsOf } from '../../commands/lib/things.ts';
import { messageOf } from '../../harness/errors.ts';
import { openEvidence } from '../../harness/evidence/store.ts';
import { readRunRecord } from '../../harness/run-folder.ts';
import type { Entry } from './catalogue.ts';
import { type Comparison, compare } from './compare.ts';
import type { EvidenceSabotage, Outcome, Sabotage } from './contract.ts';
import { judged } from './judged.ts';
import type { Material } from './material.ts';
import { isDisturbed, refusalOf } from './outcome.ts';
import type { Runs } from './runs.ts';

export interface Attempt extends Comparison, Entry {
  readonly outcome: Outcome;
  readonly seconds: number;
}

export interface Workshop {
  readonly material: Material;
  readonly runs: Runs;
  /** For runs and copies, each of which is removed when it was looked at. */
  readonly folder: string;
}

/**
 * Breaks what the entry says, with real parts or in a copy of clean evidence, and looks whether it was caught. Never
 * rejects: a sabotage that could not be made was not caught either.
 */
export async function attempt(entry: Entry, workshop: Workshop): Promise<Attempt> {
  const folder = join(workshop.folder, entry.id);
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  try {
    await mkdir(folder);
    const found = await look(entry.sabotage, workshop, folder);
    if (found.status === 'caught' || entry.sabotage.level === 'evidence' || !isDisturbed(found.outcome))
      return { ...entry, ...found, seconds: seconds() };
    // Times prove nothing on a busy machine: once more.
    await rm(found.outcome.folder, { recursive: true });
    return { ...entry, ...(await look(entry.sabotage, workshop, folder)), seconds: seconds() };
  } catch (error) {
    const problem = `it could not be made: ${messageOf(error)}`;
    const outcome = refusalOf(folder, problem);
    return { ...entry, outcome, status: 'missed', problems: [problem], seconds: seconds() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Found = Comparison & Pick<Attempt, 'outcome'>;

async function look(sabotage: Sabotage, workshop: Workshop, folder: string): Promise<Found> {
  const { outcome, victims } = await broken(sabotage, workshop, folder);
  return { outcome, ...compare(sabotage, outcome, victims) };
}

interface Broken {
  readonly outcome: Outcome;
  readonly victims: readonly string[];
}

async function broken(sabotage: Sabotage, { material, runs }: Workshop, folder: string): Promise<Broken> {
  if (sabotage.level === 'evidence') return spoilt(sabotage, material, folder);
  const args = await sabotage.arguments(folder);
  return { outcome: await runs.run(folder, sabotage.scenario, args), victims: [] };
}

async function spoilt(
  { material: name, victims: sql, edits }: EvidenceSabotage,
  material: Material,
  folder: string,
): Promise<Broken> {
  const clean = await material.clean(name);
  if (clean.verdict !== 'pass')
    throw new Error(
      `the clean run of ${name} did not pass: ${clean.refusal ?? JSON.stringify(clean.notPassed)}`,
    );
  const victims = sql === undefined ? [] : await victimsOf(clean.folder, sql);
  const copy = join(folder, 'run');
  for (const part of ['run.json', 'evidence', 'configuration'])
    await cp(join(clean.folder, part), join(copy, part), { recursive: true });
  for (const edit of edits) await edit({ folder: copy, victims });
  return { outcome: await judged(copy), victims };
}

async function victimsOf(folder: string, sql: string): Promise<readonly string[]> {
  const record = await readRunRecord(folder);
  const evidence = await openEvidence(folder, record, await faultsOf(record));
  try {
    const rows = await evidence.query<{ trace_id: string }>(sql);
    if (rows.length === 0) throw new Error(`the clean run has no trace for: ${sql}`);
    return rows.map(({ trace_id }) => trace_id);
  } finally {
    evidence.close();
  }
}
