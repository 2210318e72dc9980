/**
 * `npm run bench:bottlenecks -- RUN [SPANS]`: how long the bottlenecks of a large population take. The recording of a run is
 * multiplied, each copy with trace ids of its own, to a million spans by default. Prints seconds, CPU seconds and the most memory.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bottlenecksOf } from '../commands/lib/bottlenecks/input.ts';
import { untilStopped } from '../commands/lib/until-stopped.ts';
import { EXIT } from '../harness/errors.ts';
import { openDatabase } from '../harness/evidence/database.ts';
import { parquetPath, writeParquet } from '../harness/evidence/parquet.ts';
import { literal } from '../harness/evidence/tables.ts';

async function main(run: string, wanted: number, signal: AbortSignal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-bench-'));
  try {
    await multiply(run, folder, wanted);
    signal.throwIfAborted();
    const started = performance.now();
    const cpu = process.cpuUsage();
    const { routes } = await bottlenecksOf(folder, {});
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const spans = routes.reduce((sum, route) => sum + route.spans, 0);
    const traces = routes.reduce((sum, route) => sum + route.traces, 0);
    const findings = routes.reduce((sum, route) => sum + route.findings.length, 0);
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(
      `${spans} spans in ${traces} traces: ${seconds.toFixed(1)} s (CPU ${((user + system) / 1e6).toFixed(1)} s), ${findings} findings, at most ${peakMb} MB of memory\n`,
    );
    return EXIT.pass;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function multiply(run: string, folder: string, wanted: number): Promise<void> {
  await mkdir(join(folder, 'evidence'));
  await writeFile(join(folder, 'run.json'), await readFile(join(run, 'run.json')));
  const database = await openDatabase(':memory:', join(folder, 'temporary'));
  try {
    const source = (table: string) => `read_parquet(${literal(parquetPath(run, table))})`;
    const reader = await database.connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ${source('recording')}`,
    );
    const copies = Math.ceil(wanted / Number(reader.getRows()[0]?.[0] ?? 1));
    for (const table of ['recording', 'ledger'])
      await writeParquet(
        database.connection,
        `SELECT * REPLACE (md5(trace_id || copy) AS trace_id) FROM ${source(table)}, range(${copies}) AS c(copy)`,
        folder,
        table,
      );
  } finally {
    database.close();
  }
}

const [run, spans = '1000000'] = process.argv.slice(2);
if (run === undefined) throw new Error('give the folder of a run');
process.exitCode = await untilStopped((signal) => main(run, Number(spans), signal));
