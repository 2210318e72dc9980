/** CPU and memory of processes and of the machine, from /proc; elsewhere than on Linux, of the machine only. */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Ticks a second of the times in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const HZ = 100;

export interface ProcessUse {
  /** CPU time since its start, that of its children that have ended included. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly ticks: number;
}

/**
 * What each part uses: its leader, the leader's process group, and all descendants of these. Descendants count by
 * parentage because PostgreSQL puts each backend into a group of its own.
 * @param leaders part name -> pid of the leader of its process group
 */
export function readParts(leaders: ReadonlyMap<string, number>): Map<string, ProcessUse> {
  const stats = readStats();
  const partOf = new Map([...leaders].map(([part, pid]) => [pid, part] as const));
  const uses = new Map<string, ProcessUse>();
  for (const stat of stats.values()) {
    const part = findPart(stat, stats, partOf);
    if (part === undefined) continue;
    const sum = uses.get(part) ?? { cpuSeconds: 0, residentBytes: 0 };
    uses.set(part, {
      cpuSeconds: sum.cpuSeconds + stat.ticks / HZ,
      residentBytes: sum.residentBytes + residentBytes(stat.pid),
    });
  }
  return uses;
}

function findPart(
  stat: ProcessStat,
  stats: ReadonlyMap<number, ProcessStat>,
  partOf: ReadonlyMap<number, string>,
): string | undefined {
  // Parentage may change while it is read: the bound keeps a cycle from hanging the sampler.
  let current: ProcessStat | undefined = stat;
  for (let depth = 0; current !== undefined && depth < 32; depth++) {
    const part = partOf.get(current.pid) ?? partOf.get(current.group);
    if (part !== undefined) return part;
    current = stats.get(current.parent);
  }
  return undefined;
}

function readStats(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const name of listProc()) {
    if (!/^\d+$/.test(name)) continue;
    const text = readOrUndefined(`/proc/${name}/stat`);
    if (text === undefined) continue;
    // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number) => Number(fields[number - 3] ?? 0);
    // Fields by number, see proc(5): 4 parent, 5 group, 14 to 17 user and system time, own and of waited-for children.
    const ticks = field(14) + field(15) + field(16) + field(17);
    const pid = Number(name);
    stats.set(pid, { pid, parent: field(4), group: field(5), ticks });
  }
  return stats;
}

function residentBytes(pid: number): number {
  // From status, in kB: stat counts in pages, whose size differs between machines.
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readOrUndefined(`/proc/${pid}/status`) ?? '');
  return match === null ? 0 : Number(match[1]) * 1024;
}

export interface MachineUse {
  readonly busySeconds: number;
  readonly idleSeconds: number;
  /** Taken by other virtual machines of the same host; 0 where that is not told. */
  readonly stealSeconds: number;
  readonly cores: number;
}

/** CPU time since boot, summed over all cores. */
export function readMachine(): MachineUse {
  const cores = cpus();
  const line = readOrUndefined('/proc/stat')?.split('\n', 1)[0];
  if (line?.startsWith('cpu ')) {
    // user nice system idle iowait irq softirq steal; guest time is contained in user.
    const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return {
      busySeconds: (user + nice + system + irq + softIrq) / HZ,
      idleSeconds: (idle + ioWait) / HZ,
      stealSeconds: steal / HZ,
      cores: cores.length,
    };
  }
  const sum = (of: (times: (typeof cores)[number]['times']) => number) =>
    cores.reduce((total, { times }) => total + of(times), 0) / 1000;
  return {
    busySeconds: sum(({ user, nice, sys, irq }) => user + nice + sys + irq),
    idleSeconds: sum(({ idle }) => idle),
    stealSeconds: 0,
    cores: cores.length,
  };
}

function listProc(): string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile, or the system has no /proc.
    return undefined;
  }
}
