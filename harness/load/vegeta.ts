import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadDriver, LoadRecord, PlannedRequest, Segment } from '../contracts.ts';

/** One line of `vegeta encode -to json`, the fields that are used. Times of day in RFC 3339, durations in ns. */
interface VegetaRecord {
  readonly seq: number;
  readonly code: number;
  readonly timestamp: string;
  readonly latency: number;
  readonly error: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[]>> | null;
}

/** Go collects garbage when the heap has grown by so many per cent: memory is plenty here, CPU is what the load needs. */
const GOGC = '400';

/** How often the results are read while the load goes on. */
const BATCH_MS = 500;
const READ_BYTES = 256 * 1024;

/** How many seconds beyond its plan an attack may go on before vegeta ends it; it ends at the last target before. */
const SLACK_S = 60;

/**
 * Load by vegeta (https://github.com/tsenart/vegeta): an open model with a worker for each request that is due.
 *
 * Trace id and route travel as the fragment of the target's URL: it is not sent, but stays in the record, so that each
 * record, time-outs and refused connections included, joins its planned request exactly.
 */
export function vegeta(binary: string, environment: Readonly<Record<string, string>>): LoadDriver {
  return {
    id: 'vegeta',
    async run({ baseUrl, segment, requests, timeoutMs, signal, onProcess, onStart, onRecord, ...files }) {
      signal.throwIfAborted();
      const folder = await mkdtemp(join(files.folder, 'load-'));
      const log = await open(files.logFile, 'a');
      const children: ChildProcess[] = [];
      const kill = (): void => {
        for (const child of children) child.kill('SIGKILL');
      };
      try {
        // Files, not pipes, on both sides: were this process held up for a moment, the targets would run dry or the
        // results pile up, and the load would lag. Reading the results in batches also spares the machine a thousand
        // wake-ups a second of two processes.
        const targets = join(folder, 'targets.jsonl');
        const results = join(folder, 'results.bin');
        await pipeline(Readable.from(targetLines(baseUrl, requests)), createWriteStream(targets), { signal });
        await writeFile(results, '');
        signal.addEventListener('abort', kill, { once: true });
        const start = (name: string, args: readonly string[]): ChildProcess => {
          const child = spawn(binary, args, {
            stdio: ['pipe', 'pipe', log.fd],
            env: { ...environment, GOGC },
            detached: true,
          });
          children.push(child);
          if (child.pid !== undefined) onProcess(name, child.pid);
          return child;
        };
        const attack = start('vegeta', attackArguments({ targets, results, segment, timeoutMs }));
        const attackEnded = exitOf(attack, 'vegeta attack');
        const encode = start('vegeta-encode', ['encode', '-to', 'json']);
        const ended = Promise.all([
          attackEnded,
          exitOf(encode, 'vegeta encode'),
          pipeline(follow(results, attackEnded), pipeOf(encode.stdin)),
        ]);
        ended.catch(kill);
        const clock = new DueClock(segment.rate, onStart);
        for await (const line of createInterface({ input: pipeOf(encode.stdout) })) {
          const record = toRecord(JSON.parse(line), clock);
          if (record) onRecord(record);
        }
        signal.throwIfAborted();
        await ended;
      } finally {
        signal.removeEventListener('abort', kill);
        kill();
        await log.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function attackArguments(options: {
  readonly targets: string;
  readonly results: string;
  readonly segment: Pick<Segment, 'rate' | 'durationS'>;
  readonly timeoutMs: number;
}): string[] {
  const { targets, results, timeoutMs } = options;
  const { rate, durationS } = options.segment;
  // Every request in flight needs a worker; twice the number that can be in flight at the time-out bounds the memory.
  const maxWorkers = Math.ceil(rate * (timeoutMs / 1000) * 2) + 100;
  return [
    'attack',
    '-format=json',
    '-lazy',
    `-targets=${targets}`,
    `-output=${results}`,
    `-rate=${rate}/1s`,
    `-duration=${Math.ceil(durationS + SLACK_S)}s`,
    `-timeout=${timeoutMs}ms`,
    '-redirects=-1',
    '-http2=false',
    '-max-body=0',
    `-max-workers=${maxWorkers}`,
  ];
}

function* targetLines(baseUrl: string, requests: Iterable<PlannedRequest>): Generator<string> {
  for (const request of requests) {
    const header: Record<string, string[]> = { traceparent: [`00-${request.traceId}-${request.spanId}-01`] };
    for (const [name, value] of Object.entries(request.headers ?? {})) header[name] = [value];
    const body = request.body === undefined ? undefined : Buffer.from(request.body).toString('base64');
    yield `${JSON.stringify({ method: request.method, url: `${baseUrl}${request.path}#${request.traceId}.${request.route}`, header, body })}\n`;
  }
}

/** Due times of an open model, start + seq / rate, where the start is known from the first record only. */
class DueClock {
  readonly #stepUs: number;
  readonly #onStart: (startUs: number) => void;
  #startUs: number | undefined;

  constructor(rate: number, onStart: (startUs: number) => void) {
    this.#stepUs = 1e6 / rate;
    this.#onStart = onStart;
  }

  /**
   * vegeta does not tell when it began. The start is the earliest that any record implies so far: the requests that
   * are reported before the most punctual one seem due too late by as much as that one was more punctual, which is
   * milliseconds, and only at the start of a segment.
   */
  due(seq: number, sentUs: number): number {
    const implied = sentUs - seq * this.#stepUs;
    if (this.#startUs === undefined) this.#onStart(implied);
    if (this.#startUs === undefined || implied < this.#startUs) this.#startUs = implied;
    return this.#startUs + seq * this.#stepUs;
  }
}

/** Undefined for what is not a request: an attempt to read beyond the last target, by which an attack ends. */
function toRecord(record: VegetaRecord, clock: DueClock): LoadRecord | undefined {
  const fragment = record.url.lastIndexOf('#');
  if (fragment < 0) return undefined;
  const [traceId = '', route = ''] = record.url.slice(fragment + 1).split('.');
  const sentUs = microseconds(record.timestamp);
  return {
    traceId,
    route,
    dueUs: Math.round(clock.due(record.seq, sentUs)),
    sentUs: Math.round(sentUs),
    latencyUs: Math.round(record.latency / 1000),
    status: record.code,
    // A refused status is in `code`; here only what kept an answer from coming.
    error: record.code === 0 ? record.error : null,
    bytesIn: Number(record.headers?.['Content-Length']?.[0] ?? 0),
  };
}

/** Microseconds since the epoch of an RFC 3339 time with up to nine decimals; Date.parse alone stops at milliseconds. */
function microseconds(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  const whole = Date.parse(timestamp.replace(/\.\d+/, ''));
  return whole * 1000 + Number(fraction.padEnd(9, '0').slice(0, 9)) / 1000;
}

/** The bytes of a file that grows, in batches, until `writerEnded` settles and all is read. */
async function* follow(path: string, writerEnded: Promise<unknown>): AsyncGenerator<Buffer> {
  let growing = true;
  const end = writerEnded.then(
    () => undefined,
    () => undefined,
  );
  const file = await open(path, 'r');
  try {
    while (growing) {
      // Asked before reading: what was written before the writer ended is there to be read then.
      growing = await Promise.race([end.then(() => false), sleep(BATCH_MS, true)]);
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES);
        if (bytesRead === 0) break;
        yield buffer.subarray(0, bytesRead);
      }
    }
  } finally {
    await file.close();
  }
}

function pipeOf<Stream>(stream: Stream | null): Stream {
  if (!stream) throw new Error('a driver process was started without its pipes');
  return stream;
}

function exitOf(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${name} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${name} ended with ${signal ? `signal ${signal}` : `exit code ${code}`}`));
    });
  });
}
