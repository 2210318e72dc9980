import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../harness/contracts.ts';
import { evidenceChecksums, sha256Of } from '../../harness/evidence/checksums.ts';

/** What was edited stands for what a run has left, not for what somebody changed since. */
export async function sealAgain(folder: string): Promise<void> {
  const file = join(folder, 'run.json');
  const run: RunRecord = JSON.parse(await readFile(file, 'utf8'));
  const sum = (name: string): Promise<string> => sha256Of(join(folder, 'configuration', name));
  const how = run.how && {
    ...run.how,
    configurations: {
      collector: { ...run.how.configurations.collector, sha256: await sum('collector.yaml') },
      jaeger: { ...run.how.configurations.jaeger, sha256: await sum('jaeger.yaml') },
    },
  };
  const evidence = await evidenceChecksums(folder);
  await writeFile(file, JSON.stringify({ ...run, ...(how ? { how } : {}), evidence }, null, 2));
}
