import { afterEach, expect, test } from 'vitest';
import type { CallRow, SpanRow, TraceRow } from '../../../harness/contracts.ts';
import { type FixtureRun, makeRun, type RunSpec, SYSTEM } from '../fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function query<Row extends object>(sql: string, spec: RunSpec): Promise<Row[]> {
  const run = await makeRun(spec);
  runs.push(run);
  return (await run.open()).query<Row>(sql);
}

const ORDER: RunSpec = { requests: [{ route: 'order-create', phase: 'baseline' }] };
const CALLS = 'SELECT * FROM calls ORDER BY start_us';

test('each hop of an order is a call on its edge', async () => {
  const calls = await query<CallRow>(CALLS, ORDER);
  expect(calls.map(({ edge }) => edge)).toEqual([
    'gateway-to-auth',
    'gateway-to-order',
    'order-to-inventory',
    'inventory-to-database',
    'order-to-database',
    'order-to-payment',
    'payment-to-stripe',
    'order-to-notification',
  ]);
  for (const { edge, caller, callee, server_span_id } of calls) {
    expect(SYSTEM.edges.find(({ id }) => id === edge)).toMatchObject({ from: caller, to: callee });
    expect(server_span_id === null).toBe(callee === 'database');
  }
});

test('a call that the callee did not record is found by peer.service', async () => {
  const calls = await query<CallRow>(CALLS, {
    ...ORDER,
    mutate(tables) {
      tables.recording = tables.recording.filter(({ service }) => service !== 'stripe-api');
    },
  });
  expect(calls.find(({ edge }) => edge === 'payment-to-stripe')).toMatchObject({
    caller: 'payment-service',
    callee: 'stripe-api',
    server_span_id: null,
  });
});

test('who answered counts more than peer.service', async () => {
  const calls = await query<CallRow>(CALLS, {
    ...ORDER,
    mutate(tables) {
      for (const span of tables.recording)
        if (span.peer_service === 'stripe-api') span.peer_service = 'auth-service';
    },
  });
  expect(calls.filter(({ edge }) => edge === 'payment-to-stripe')).toHaveLength(1);
});

test('a call with two server spans is one call', async () => {
  const calls = await query<CallRow>(CALLS, {
    ...ORDER,
    mutate(tables) {
      const server = tables.recording.find(
        ({ service, kind }) => service === 'stripe-api' && kind === 'server',
      );
      if (server !== undefined)
        tables.recording.push({ ...server, span_id: 'ffffffffffffffff', start_us: server.start_us + 9 });
    },
  });
  const stripe = calls.filter(({ edge }) => edge === 'payment-to-stripe');
  expect(stripe).toHaveLength(1);
  expect(stripe[0]?.server_span_id).not.toBe('ffffffffffffffff');
});

test('calls off the edges, and a system without edges', async () => {
  const edges = SYSTEM.edges.filter(({ id }) => id === 'gateway-to-auth');
  const one = await query<CallRow>(CALLS, { ...ORDER, run: { system: { ...SYSTEM, edges } } });
  expect(one.map(({ edge }) => edge)).toEqual(['gateway-to-auth']);
  expect(await query<CallRow>(CALLS, { ...ORDER, run: { system: { ...SYSTEM, edges: [] } } })).toEqual([]);
});

test('a trace: its spans, times, error and entry span', async () => {
  let spans: SpanRow[] = [];
  const [trace] = await query<TraceRow>('SELECT * FROM traces', {
    ...ORDER,
    mutate(tables) {
      spans = tables.spansOf(0);
      // Recorded twice, as when an export is sent again: still one span.
      tables.recording.push({ ...(spans[1] as SpanRow) });
    },
  });
  const [entry] = spans;
  expect(trace).toEqual({
    trace_id: entry?.trace_id,
    spans: spans.length,
    start_us: Math.min(...spans.map(({ start_us }) => start_us)),
    end_us: Math.max(...spans.map(({ end_us }) => end_us)),
    has_error: false,
    path: '/api/orders',
    entry_us: (entry?.end_us ?? 0) - (entry?.start_us ?? 0),
  });
});

test('a server span of the entry service with a recorded parent is no entry span', async () => {
  const [trace] = await query<TraceRow>('SELECT * FROM traces', {
    ...ORDER,
    mutate(tables) {
      const [entry, other] = tables.spansOf(0);
      if (entry !== undefined && other !== undefined) entry.parent_id = other.span_id;
    },
  });
  expect(trace).toMatchObject({ path: null, entry_us: null });
});
