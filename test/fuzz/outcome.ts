/** What the commands that read a run's folder say of it. */
import { failure } from '../../commands/lib/failure.ts';
import { judgeFolder } from '../../commands/lib/verdict.ts';
import { withEvidence } from '../../commands/lib/with-evidence.ts';
import { traceLines } from '../../commands/trace.ts';
import type { Result } from '../../harness/contracts.ts';

export interface Outcome {
  readonly exitCode: number;
  /** The message of a refusal, or why the verdict is as it is. */
  readonly text: string;
  readonly result?: Result;
}

/** Exit codes that an input may have: fail, refused, inconclusive; 0 where it is sound. */
export const HONEST: readonly number[] = [0, 1, 2, 3];

export async function judged(folder: string): Promise<Outcome> {
  return attempt(async () => {
    const result = await judgeFolder(folder);
    return { exitCode: result.exitCode, text: result.because, result };
  });
}

/** `query` and `trace`, as far as they are not the judge. */
export async function looked(folder: string, traceId: string): Promise<readonly Outcome[]> {
  return [
    await attempt(async () => {
      const rows = await withEvidence(folder, (evidence) =>
        evidence.query('SELECT promise, observed, count(*) AS n FROM fate GROUP BY ALL'),
      );
      return { exitCode: 0, text: `${rows.length} rows` };
    }),
    await attempt(async () => {
      const lines = await withEvidence(folder, (evidence) => traceLines(evidence, traceId, false));
      return { exitCode: 0, text: `${lines.length} lines` };
    }),
  ];
}

async function attempt(action: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await action();
  } catch (error) {
    return failure(error);
  }
}
