/** A harness in miniature: takes a lease, starts processes and makes a folder, tells of them, and then waits to be killed. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLease } from '../../harness/stack/lease.ts';

const [folder = '', leaseSeconds = '30'] = process.argv.slice(2);
const lease = await takeLease({
  logFile: join(folder, 'logs', 'keeper.log'),
  leaseSeconds: Number(leaseSeconds),
});
const env = { ...process.env, ...lease.environment };

const temporary = join(folder, 'temporary');
lease.addFolder(temporary);
mkdirSync(temporary);
writeFileSync(join(temporary, 'file'), 'x');

// Ends by SIGTERM; has a child in its group.
const polite = spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true, env, stdio: 'ignore' });
// Ends by SIGKILL only.
const stubborn = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], {
  detached: true,
  env,
  stdio: 'ignore',
});
// Never registered, in a group of its own: known by its environment only.
const unknown = spawn('sleep', ['1000'], { detached: true, env, stdio: 'ignore' });
for (const [name, child, isService] of [
  ['polite', polite, true],
  ['stubborn', stubborn, false],
] as const) {
  lease.addGroup({ name, pid: child.pid ?? 0, isService, signal: 'SIGTERM' });
}
console.log(JSON.stringify({ lease: lease.id, temporary, pids: [polite.pid, stubborn.pid, unknown.pid] }));
setInterval(() => undefined, 1_000);
