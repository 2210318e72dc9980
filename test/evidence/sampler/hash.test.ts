import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../harness/evidence/database.ts';
import { queryRows } from '../../../harness/evidence/query.ts';
import { fnv1a64, hashThreshold, traceHash, traceHashSql } from '../../../harness/evidence/sampler/hash.ts';

// Published vectors of FNV-1a 64 (Fowler, Noll, Vo; draft-eastlake-fnv).
test.each([
  ['', 0xcbf29ce484222325n],
  ['a', 0xaf63dc4c8601ec8cn],
  ['foobar', 0x85944171f73967e8n],
])('FNV-1a 64 of %j', (text, hash) => {
  expect(fnv1a64(Buffer.from(text))).toBe(hash);
});

// Written by a Go program with the lines of the Collector's hashTraceID.
const HASHES: readonly (readonly [traceId: string, salt: string, hash: bigint])[] = [
  ['00000000000000000000000000000000', 'default-hash-seed', 16254958829412527165n],
  ['00000000000000000000000000000000', 'a', 15711801348790300556n],
  ['00000000000000000000000000000000', 'ünï', 13060550635690652630n],
  ['ffffffffffffffffffffffffffffffff', 'default-hash-seed', 1711019809656077869n],
  ['ffffffffffffffffffffffffffffffff', 'a', 8179324495157629820n],
  ['0af7651916cd43dd8448eb211c80319c', 'default-hash-seed', 3728843964641534796n],
  ['0af7651916cd43dd8448eb211c80319c', 'ünï', 799721482345809291n],
  ['4bf92f3577b34da6a3ce929d0e0e4736', 'default-hash-seed', 11908981664384643253n],
  ['4bf92f3577b34da6a3ce929d0e0e4736', 'a', 12095740395877271936n],
  ['0123456789abcdeffedcba9876543210', 'default-hash-seed', 13829360411812131693n],
  ['0123456789abcdeffedcba9876543210', 'ünï', 3146961603359565638n],
];

test.each(HASHES)("the sampler's hash of %s with salt %s", (traceId, salt, hash) => {
  expect(traceHash(traceId, salt)).toBe(hash);
});

test('an empty salt is the default one', () => {
  expect(traceHash('4bf92f3577b34da6a3ce929d0e0e4736', '')).toBe(11908981664384643253n);
});

// Written by a Go program with the lines of the Collector's calculateThreshold.
test.each([
  [0, 0n],
  [1e-10, 18446744n],
  [0.1, 18446744073709551n],
  [1, 184467440737095519n],
  [4, 737869762948382079n],
  [5, 922337203685477631n],
  [10, 1844674407370955263n],
  [12.5, 2305843009213693951n],
  [33.333333, 6148914629747371007n],
  [50, 9223372036854775807n],
  [99.9, 18428297329635844095n],
  [99.99999999999999, 18446744073709549567n],
  [100, 18446744073709551615n],
  [150, 18446744073709551615n],
  [-1, 0n],
  [1e-300, 0n],
])('the threshold of %d %%', (percent, threshold) => {
  expect(hashThreshold(percent)).toBe(threshold);
});

test('SQL computes the same hash', async () => {
  const database = await openDatabase(':memory:', tmpdir());
  const ids = [
    ...HASHES.map(([id]) => id),
    ...Array.from({ length: 500 }, () => randomBytes(16).toString('hex')),
  ];
  try {
    const rows = await queryRows<{ id: string; hash: string }>(
      database.connection,
      `SELECT id, (${traceHashSql('id', 'some salt')})::VARCHAR AS hash
       FROM (VALUES ${ids.map((id) => `('${id}')`).join(', ')}) AS v(id)`,
    );
    expect(rows).toHaveLength(ids.length);
    for (const { id, hash } of rows) expect(hash).toBe(String(traceHash(id, 'some salt')));
  } finally {
    database.close();
  }
});
