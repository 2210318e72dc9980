import { type OpenEvidence, openEvidence } from '../../harness/evidence/store.ts';
import { readRunRecord } from '../../harness/run-folder.ts';
import { faultsOf } from './things.ts';

/** Opens the evidence of a run's folder, asks, and closes it. */
export async function withEvidence<Answer>(
  folder: string,
  ask: (evidence: OpenEvidence) => Promise<Answer>,
): Promise<Answer> {
  const run = await readRunRecord(folder);
  const evidence = await openEvidence(folder, run, await faultsOf(run));
  try {
    return await ask(evidence);
  } finally {
    evidence.close();
  }
}
