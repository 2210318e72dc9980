/**
 * A harness that brings the tiny system up in the folder of its first parameter, tells where it is, and waits to be killed. With a
 * second one it kills itself as soon as its progress says that.
 */
import { native } from '../../harness/stack/native.ts';
import { tinyOptions } from './tiny-system.ts';

const [runFolder = '', killAt] = process.argv.slice(2);
const stack = await native.start(
  tinyOptions(runFolder, {
    onProgress: (line) => {
      if (killAt !== undefined && line.startsWith(killAt)) process.kill(process.pid, 'SIGKILL');
    },
  }),
);
await stack.proxies.get('front-to-back')?.addToxic({
  name: 'slow',
  type: 'latency',
  stream: 'downstream',
  toxicity: 1,
  attributes: { latency: 1_000, jitter: 0 },
});
console.log(
  JSON.stringify({
    urls: [stack.entryUrl, stack.jaegerUrl, stack.collectorMetricsUrl, stack.databaseUrl],
    pids: stack.parts.map((part) => part.pid),
  }),
);
setInterval(() => undefined, 1_000);
