import { expect, test } from 'vitest';
import { TraceSizes } from '../../../harness/evidence/otlp/trace-sizes.ts';
import { type AttributeInput, encodeTraces, type SpanBytes } from './encode.ts';

const id = (trace: number) => trace.toString(16).padStart(32, '0');

function span(trace: number, name: string): SpanBytes {
  return {
    traceId: id(trace),
    spanId: 'a'.repeat(16),
    parentId: '',
    name,
    kind: 1,
    startNs: 1n,
    endNs: 2n,
    attributes: [['note', 'x'.repeat(name.length * 40)]],
    statusCode: 0,
    statusMessage: '',
  };
}

const SHOP: AttributeInput[] = [['service.name', 'shop']];
const PAY: AttributeInput[] = [['service.name', 'payment-service']];

test('a trace is as large as a message with it alone, however its spans were batched', () => {
  const sizes = new TraceSizes(new Set([id(1), id(2), id(3)]));
  sizes.add(encodeTraces(SHOP, [span(1, 'a'), span(2, 'bbbbbbbb')]), 100);
  sizes.add(encodeTraces(SHOP, [span(1, 'ccc'), span(9, 'not wanted')]), 100);
  sizes.add(encodeTraces(PAY, [span(2, 'd')]), 100);
  const found = new Map(sizes.sizes());
  expect(found.get(id(1))?.bytes).toBe(encodeTraces(SHOP, [span(1, 'a'), span(1, 'ccc')]).length);
  expect(found.get(id(2))?.bytes).toBe(
    encodeTraces(SHOP, [span(2, 'bbbbbbbb')]).length + encodeTraces(PAY, [span(2, 'd')]).length,
  );
  expect([...found].map(([trace, { spans }]) => [trace, spans])).toEqual([
    [id(1), 2],
    [id(2), 2],
  ]);
});

test('large messages: lengths of several bytes', () => {
  const name = 'n'.repeat(5000);
  const sizes = new TraceSizes(new Set([id(1)]));
  sizes.add(encodeTraces(SHOP, [span(1, name)]), 1);
  expect([...sizes.sizes()][0]?.[1].bytes).toBe(encodeTraces(SHOP, [span(1, name)]).length);
});

test('compressed bytes are the share of the batch as it was recorded', () => {
  const sizes = new TraceSizes(new Set([id(1), id(2)]));
  const batch = encodeTraces(SHOP, [span(1, 'same'), span(2, 'same')]);
  sizes.add(batch, batch.length / 4);
  const [one, two] = [...sizes.sizes()];
  expect(one?.[1].compressedBytes).toBe(two?.[1].compressedBytes);
  expect(sizes.totals).toEqual({ bytes: batch.length, compressedBytes: batch.length / 4 });
  // The resource is no trace's own, so a little of the batch is nobody's.
  const own = (one?.[1].compressedBytes ?? 0) * 2;
  expect(own).toBeLessThan(batch.length / 4);
  expect(own).toBeGreaterThan(batch.length / 5);
});

test('an empty message, and bytes that are none', () => {
  const sizes = new TraceSizes(new Set([id(1)]));
  sizes.add(Buffer.alloc(0), 0);
  expect([...sizes.sizes()]).toEqual([]);
  expect(() => sizes.add(Buffer.from([10, 200, 1]), 3)).toThrow();
});
