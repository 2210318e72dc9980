/**
 * The keeper of a run: a process of its own that outlives the harness, even a harness that was killed with SIGKILL, and
 * then undoes what it left. Started by lease.ts as `node keeper.ts <lease id> <log file>`.
 *
 * It holds a lease: while the harness's pipe is open and a beat comes at least every 30 s, it does nothing. When the
 * pipe closes without `done`, or the beats stop, it reverts all that was registered and ends.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { type KeeperMessage, LEASE_S } from './keeper-messages.ts';
import { readProcess } from './process-scan.ts';
import { type KnownGroup, revert } from './revert.ts';

const [leaseId = '', logFile = '', leaseSeconds = String(LEASE_S)] = process.argv.slice(2);
const groups = new Map<number, KnownGroup>();
const folders: string[] = [];
let toxiproxyUrl: string | undefined;
let isOver = false;

// Ctrl-C and a closing terminal reach all processes of the terminal; this one must do its work after them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

// Once only: a run's folder that was deleted meanwhile is not made again.
mkdirSync(dirname(logFile), { recursive: true });
const lease = setTimeout(expire, Number(leaseSeconds) * 1000);
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = parse(line);
    if (message !== undefined) receive(message);
  })
  .on('close', () => finish('the harness is gone'));
log(`lease ${leaseId} held for process ${process.ppid}`);
process.stdout.write('ready\n');

/** A line that was cut off by the harness's death is no message. */
function parse(line: string): KeeperMessage | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function receive(message: KeeperMessage): void {
  lease.refresh();
  switch (message.kind) {
    case 'group':
      groups.set(message.pid, { ...message, startTime: readProcess(message.pid)?.startTime });
      break;
    case 'ended':
      groups.delete(message.pid);
      break;
    case 'folder':
      folders.push(message.path);
      break;
    case 'toxiproxy':
      toxiproxyUrl = message.url;
      break;
    case 'done':
      isOver = true;
      log('the harness has cleaned up');
      process.exit(0);
      break;
    case 'beat':
      break;
  }
}

function expire(): void {
  void finish(`no sign of life for ${leaseSeconds} s`);
}

async function finish(why: string): Promise<void> {
  if (isOver) return;
  isOver = true;
  clearTimeout(lease);
  log(`${why}: reverting`);
  await revert({ leaseId, groups: [...groups.values()], folders, toxiproxyUrl }, log);
  log('done');
  process.exit(0);
}

/** Adds a line to the log; without effect when the run's folder is gone, for the work matters more. */
function log(line: string): void {
  try {
    appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
  } catch {}
}
