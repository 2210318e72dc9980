/** Checksums of a run's evidence: whether a file is still what the run left. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Doubt, RunRecord, Source } from '../contracts.ts';
import { isTableName } from './tables.ts';

/** Streamed: a recording may be large. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** sha256 of each Parquet file of `<runFolder>/evidence/`, by file name. */
export async function evidenceChecksums(runFolder: string): Promise<Readonly<Record<string, string>>> {
  const sums: Record<string, string> = {};
  for (const name of await evidenceFiles(runFolder))
    sums[name] = await sha256Of(join(runFolder, 'evidence', name));
  return sums;
}

export interface Changes {
  /** Of each file that the judge reads and that is not as the run left it. */
  readonly doubts: readonly Doubt[];
  /** Of files that were added, which say nothing against the others. */
  readonly notes: readonly string[];
}

/** What of the files is not as the run left it. Empty for runs without checksums. */
export async function changesSince(runFolder: string, run: RunRecord): Promise<Changes> {
  const { collector, jaeger } = run.how?.configurations ?? {};
  const expected = new Map([
    ...Object.entries(run.evidence ?? {}).map(([name, sum]) => [`evidence/${name}`, sum] as const),
    // What was kept is compared with what the configurations decide.
    ...(collector ? [['configuration/collector.yaml', collector.sha256] as const] : []),
    ...(jaeger ? [['configuration/jaeger.yaml', jaeger.sha256] as const] : []),
  ]);
  const doubts: Doubt[] = [];
  for (const [name, sum] of expected) {
    const file = join(runFolder, name);
    const source = sourceOf(name);
    if (!existsSync(file)) doubts.push({ source, what: `${name} is gone since the run` });
    else if ((await sha256Of(file)) !== sum)
      doubts.push({ source, what: `${name} was changed since the run` });
  }
  if (!run.evidence) return { doubts, notes: [] };
  const added = (await evidenceFiles(runFolder)).filter((name) => !expected.has(`evidence/${name}`));
  return { doubts, notes: added.map((name) => `evidence/${name} was added since the run`) };
}

/** The source of evidence that a file belongs to; a configuration says what the archive must have. */
function sourceOf(name: string): Source {
  const table = /^evidence\/(.*)\.parquet$/.exec(name)?.[1];
  if (table === undefined) return 'archive';
  return isTableName(table) ? table : 'books';
}

async function evidenceFiles(runFolder: string): Promise<readonly string[]> {
  const names = await readdir(join(runFolder, 'evidence')).catch(() => []);
  return names.filter((name) => name.endsWith('.parquet')).sort();
}
