import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoadRecord, PlannedRequest } from '../../harness/contracts.ts';
import { vegeta } from '../../harness/load/vegeta.ts';

/**
 * Stands for vegeta: `attack` answers each target at the time that VEGETA_SENT_MS says for it (milliseconds after the start),
 * `encode` passes on what it reads.
 */
const FAKE = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const [command, ...args] = process.argv.slice(2);
const option = (name) => args.find((arg) => arg.startsWith('-' + name + '='))?.split('=')[1];
if (command === 'encode') process.stdin.pipe(process.stdout);
else {
  const sentMs = JSON.parse(process.env.VEGETA_SENT_MS);
  const lines = readFileSync(option('targets'), 'utf8').trim().split('\\n').map((line, seq) => {
    const { url } = JSON.parse(line);
    const timestamp = new Date(1760000000000 + sentMs[seq]).toISOString().replace('Z', '250999Z');
    const code = seq === 1 ? 0 : 200;
    return JSON.stringify({ seq, code, timestamp, latency: 5000000, error: code ? '' : 'timed out', url, headers: { 'Content-Length': ['12'] } });
  });
  // The end of the targets shows as an attempt without a target.
  lines.push(JSON.stringify({ seq: lines.length, code: 0, timestamp: new Date().toISOString(), latency: 0, error: 'no targets to attack', url: '', headers: null }));
  writeFileSync(option('output'), lines.join('\\n') + '\\n');
  process.exitCode = Number(process.env.VEGETA_EXIT ?? 0);
}
`;

const START_US = 1_760_000_000_000_000;
let folder: string;
let binary: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
  binary = join(folder, 'vegeta');
  await writeFile(binary, FAKE);
  await chmod(binary, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const requests: readonly PlannedRequest[] = Array.from({ length: 4 }, (_, seq) => ({
  seq,
  traceId: String(seq).repeat(32),
  spanId: String(seq).repeat(16),
  route: 'read',
  method: 'GET',
  path: `/items/${seq}`,
}));

/** Sends four requests at 100/s, each sent so many milliseconds after the start. */
async function attack(
  sentMs: readonly number[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ records: readonly LoadRecord[]; startUs: number | undefined }> {
  const records: LoadRecord[] = [];
  let startUs: number | undefined;
  await vegeta(binary, { VEGETA_SENT_MS: JSON.stringify(sentMs), ...environment }).run({
    baseUrl: 'http://127.0.0.1:1',
    segment: { name: 'measured', rate: 100, durationS: 0.04, firstSeq: 0 },
    requests,
    timeoutMs: 1000,
    folder,
    logFile: join(folder, 'load.log'),
    signal: new AbortController().signal,
    onProcess: () => undefined,
    onStart: (us) => {
      startUs = us;
    },
    onRecord: (record) => void records.push(record),
  });
  return { records, startUs };
}

const dueMs = (records: readonly LoadRecord[]) => records.map(({ dueUs }) => (dueUs - START_US) / 1000);
const lagMs = (records: readonly LoadRecord[]) => records.map(({ sentUs, dueUs }) => (sentUs - dueUs) / 1000);
const OFFSET_MS = 0.251;

describe('when a request was due', () => {
  test('is the start and its place in the row, not when it was sent: who is late shows it', async () => {
    const { records, startUs } = await attack([0, 10, 520, 530]);
    expect(dueMs(records)).toEqual([0, 10, 20, 30].map((ms) => ms + OFFSET_MS));
    expect(lagMs(records)).toEqual([0, 0, 500, 500]);
    expect(startUs).toBeCloseTo(START_US + 251, 0);
  });

  test('counts from the start that the most punctual one implies', async () => {
    const { records } = await attack([5, 10, 20, 35]);
    expect(dueMs(records).slice(1)).toEqual([10, 20, 30].map((ms) => ms + OFFSET_MS));
    expect(lagMs(records)).toEqual([0, 0, 0, 5]);
  });
});

test('each request has its record, with what became of it', async () => {
  const { records } = await attack([0, 10, 20, 30]);
  expect(records.map(({ traceId, route }) => [traceId, route])).toEqual(
    requests.map(({ traceId, route }) => [traceId, route]),
  );
  expect(records[0]).toMatchObject({ status: 200, error: null, latencyUs: 5000, bytesIn: 12 });
  expect(records[1]).toMatchObject({ status: 0, error: 'timed out' });
});

test('a driver that fails is told, and leaves no file', async () => {
  await expect(attack([0, 10, 20, 30], { VEGETA_EXIT: '7' })).rejects.toThrow(
    'vegeta attack ended with exit code 7',
  );
  expect((await readdir(folder)).sort()).toEqual(['load.log', 'vegeta']);
});
