import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesByPromise, type ClassBytes, tracesToMeasure } from '../../../analysis/sampling-design/bytes.ts';
import { type Measured, measure } from '../../../analysis/sampling-design/measured.ts';
import type { RunRecord } from '../../../harness/contracts.ts';
import { UserError } from '../../../harness/errors.ts';
import { FrameReader } from '../../../harness/evidence/frames.ts';
import { TraceSizes } from '../../../harness/evidence/otlp/trace-sizes.ts';
import type { OpenEvidence } from '../../../harness/evidence/store.ts';
import { needSources } from '../needed-sources.ts';
import { withEvidence } from '../with-evidence.ts';

export interface MeasuredRun extends Measured {
  readonly run: RunRecord;
  /** Empty when the flight recorder's file is not there any more. */
  readonly bytes: readonly ClassBytes[];
  /** Where the bytes were read; undefined when they were not. */
  readonly recordingFile: string | undefined;
}

/** Name of the flight recorder's file in a run's folder. */
export const RECORDING_FILE = 'recording.otlp.zst';

/** What a run's traffic was, what its archive kept and how large its traces are. */
export async function measureRun(folder: string): Promise<MeasuredRun> {
  return withEvidence(folder, async (evidence) => {
    const remedy = 'Give a run that has it, or leave the run out and say the shares by options.';
    needSources(folder, evidence, ['ledger', 'recording', 'archive'], remedy);
    const measured = await measure(evidence);
    if (measured.requests === 0)
      throw new UserError(`${folder}: no request in the measured phases, so there is nothing to measure.`);
    const path = join(folder, RECORDING_FILE);
    const recordingFile = existsSync(path) ? path : undefined;
    const bytes = recordingFile ? await measureBytes(evidence, recordingFile) : [];
    return { ...measured, run: evidence.run, bytes, recordingFile };
  });
}

async function measureBytes(evidence: OpenEvidence, path: string): Promise<readonly ClassBytes[]> {
  const promiseOf = await tracesToMeasure(evidence);
  const sizes = new TraceSizes(new Set(promiseOf.keys()));
  const frames = new FrameReader(path);
  try {
    await frames.read((message, bytesInFile) => sizes.add(message, bytesInFile));
  } finally {
    await frames.close();
  }
  return bytesByPromise(promiseOf, sizes.sizes());
}
