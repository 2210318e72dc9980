import { join, resolve } from 'node:path';
import type { Result } from '../../harness/contracts.ts';
import { openEvidence } from '../../harness/evidence/store.ts';
import { judge } from '../../harness/judge.ts';
import { readRunRecord } from '../../harness/run-folder.ts';
import { writeWhole } from '../../harness/write-whole.ts';
import { assertionsOf, faultsOf, reports } from './things.ts';

/** Judges a run's folder; nothing is written. */
export async function judgeFolder(folder: string): Promise<Result> {
  const path = resolve(folder);
  const run = await readRunRecord(path);
  const evidence = await openEvidence(path, run, await faultsOf(run));
  try {
    return await judge(evidence, await assertionsOf(run), path);
  } finally {
    evidence.close();
  }
}

/** Writes every report that has a file name into the run's folder. */
export async function writeReports(result: Result, folder: string): Promise<void> {
  for (const id of await reports.ids()) {
    const report = await reports.get(id);
    if (report.fileName)
      await writeWhole(join(folder, report.fileName), report.render(result, { color: false, width: 120 }));
  }
}

/** Shows one report on stdout, in colour where stdout is a terminal that wants it. */
export async function showReport(result: Result, id: string): Promise<void> {
  const report = await reports.get(id);
  const color = process.stdout.isTTY && process.stdout.hasColors() && !process.env['NO_COLOR'];
  const text = report.render(result, { color, width: Math.min(process.stdout.columns ?? 120, 160) });
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
