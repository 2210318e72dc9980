/** Ensures vegeta in the cache and with the Go command of its parameters, and prints the outcome. */
import { ensureTools } from '../../harness/stack/tools.ts';

const [cache = '', go = 'go'] = process.argv.slice(2);
const lines: string[] = [];
console.log(JSON.stringify({ started: true }));
const { vegeta } = await ensureTools({
  names: ['vegeta'],
  cache,
  go,
  onProgress: (line) => lines.push(line),
});
console.log(JSON.stringify({ lines, vegeta }));
