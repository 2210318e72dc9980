import { once } from 'node:events';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { allocatePorts, takenPorts, usableRange } from '../../harness/stack/ports.ts';

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
}

test('gives consecutive free ports in the order of the names', async () => {
  const ports = await allocatePorts(['a', 'b', 'c']);
  const first = ports.get('a') ?? 0;
  expect([...ports]).toEqual([
    ['a', first],
    ['b', first + 1],
    ['c', first + 2],
  ]);
  expect(await takenPorts([...ports.values()])).toEqual([]);
});

test('a taken port of a fixed block is named with its part', async () => {
  const ports = await allocatePorts(['a', 'b', 'c']);
  const base = ports.get('a') ?? 0;
  await listen(base + 1);
  const refused = allocatePorts(['gateway', 'jaeger', 'postgres'], base);
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(`${base + 1} (for jaeger).`);
  expect(await takenPorts([base, base + 1, base + 2])).toEqual([base + 1]);
});

test.each([10_080, 65_534, 20_000.5, Number.NaN])('refuses the base %s', async (base) => {
  await expect(allocatePorts(['a', 'b', 'c'], base)).rejects.toThrow(UserError);
});

test('the range avoids the ephemeral one wherever that leaves room', () => {
  expect(usableRange({ from: 32_768, to: 61_000 }, 30)).toEqual({ from: 20_000, to: 30_000 });
  expect(usableRange({ from: 25_000, to: 61_000 }, 30)).toEqual({ from: 20_000, to: 25_000 });
  expect(usableRange({ from: 15_000, to: 28_000 }, 30)).toEqual({ from: 28_000, to: 30_000 });
  expect(usableRange({ from: 15_000, to: 65_000 }, 30)).toEqual({ from: 10_081, to: 15_000 });
  const ranges = fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 }));
  fc.assert(
    fc.property(ranges, ([a, b]) => {
      const ephemeral = { from: Math.min(a, b), to: Math.max(a, b) + 1 };
      const range = usableRange(ephemeral, 30);
      expect(range.to - range.from).toBeGreaterThanOrEqual(30);
      const isApart = range.to <= ephemeral.from || range.from >= ephemeral.to;
      const room = Math.max(ephemeral.from - 10_081, 65_536 - ephemeral.to);
      expect(isApart || room < 30).toBe(true);
    }),
  );
});
