/**
 * `npm run bench:judge`: how long the judge takes, and how much memory, by the size of the run. Makes run folders of
 * stripe-slow (ten spans a request) and judges each in a process of its own. `--requests 100000,1000000` says which
 * sizes, `--keep FOLDER` where the runs stay for another time.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { untilStopped } from '../commands/lib/until-stopped.ts';
import { generateRun } from './judge/generate.ts';
import { measure } from './judge/measure.ts';

const SIZES = '100000,300000,1000000';

async function main(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: SIZES }, keep: { type: 'string' } },
  });
  const sizes = values.requests.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 40_000)) {
    process.stderr.write('bench: --requests takes whole numbers of 40000 and more, such as 100000,1000000\n');
    return 2;
  }
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'chaoscope-bench-')));
  let failed = 0;
  try {
    for (const requests of sizes)
      if (!(await one(join(folder, `generated-${requests}`), requests, signal))) failed += 1;
  } finally {
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}

/** @returns whether the run passed, as a generated one must */
async function one(folder: string, requests: number, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(join(folder, 'run.json'))) {
    const started = performance.now();
    const { spans } = await generateRun(folder, requests);
    const seconds = (performance.now() - started) / 1000;
    print(
      `${requests.toLocaleString('en-US')} requests, ${spans.toLocaleString('en-US')} spans: made in ${seconds.toFixed(1)} s`,
    );
  }
  signal.throwIfAborted();
  const { exitCode, stdout, stderr, wallS, cpuS, peakMb } = await measure(['judge', folder], signal);
  signal.throwIfAborted();
  print(
    `${requests.toLocaleString('en-US')} requests: judged in ${wallS.toFixed(1)} s, CPU ${cpuS.toFixed(1)} s, peak memory ${peakMb ?? '?'} MB, exit code ${exitCode}`,
  );
  if (exitCode !== 0) print(`${stdout}\n${stderr}`);
  return exitCode === 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await untilStopped(main);
