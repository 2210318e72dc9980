/** A process whose loops are stuck, all but one. It says what it does, and ends itself by SIGTERM. */
import { repeatedly } from '../../../services/lib/repeatedly.ts';
import { onShutdown } from '../../../services/lib/shutdown.ts';

const say = (what: string) => async (): Promise<undefined> => {
  console.log(what);
  return undefined;
};

onShutdown('telemetry', 3000, say('telemetry'), 'telemetry');
onShutdown('database', 2000, say('database'), 'database');
onShutdown('jobs', 2000, () => new Promise(() => {}));
repeatedly('quick', 5, say('round'));
for (const title of ['one', 'two', 'three', 'four']) repeatedly(title, 5, () => new Promise(() => {}));
process.on('SIGTERM', say('SIGTERM'));
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);
