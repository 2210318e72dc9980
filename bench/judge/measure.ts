/** Runs a command of chaoscope as a child and measures what it took. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '..', '..');
/** How often the child's memory is read: its peak is kept by the system, so only the last reading counts. */
const READ_MS = 50;

export interface Measured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallS: number;
  /** User and system time of the child. */
  readonly cpuS: number;
  /** The most memory that the child held (VmHWM of /proc); null where the system does not say. */
  readonly peakMb: number | null;
}

export async function measure(args: readonly string[], signal: AbortSignal): Promise<Measured> {
  const started = performance.now();
  const child = execa(process.execPath, ['cli.ts', ...args], {
    cwd: ROOT,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  let peakKb: number | null = null;
  let cpuS = 0;
  const timer = setInterval(async () => {
    const seen = await readStatus(child.pid);
    if (!seen) return;
    peakKb = Math.max(peakKb ?? 0, seen.peakKb);
    cpuS = seen.cpuS;
  }, READ_MS);
  const { exitCode = 1, stdout, stderr } = await child;
  clearInterval(timer);
  return {
    exitCode,
    stdout,
    stderr,
    wallS: (performance.now() - started) / 1000,
    cpuS,
    peakMb: peakKb === null ? null : Math.round(peakKb / 1024),
  };
}

/** Ticks of /proc/<pid>/stat a second, on every Linux of today. */
const TICKS = 100;

async function readStatus(pid: number | undefined): Promise<{ peakKb: number; cpuS: number } | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Fields after the name, which is in brackets and may hold spaces: 12 and 13 from there are user and system time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peak = /VmHWM:\s+(\d+)/.exec(status)?.[1];
    if (peak === undefined) return undefined;
    return { peakKb: Number(peak), cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS };
  } catch {
    // It has ended meanwhile, or the system has no /proc.
    return undefined;
  }
}
