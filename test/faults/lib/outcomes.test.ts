import { afterEach, describe, expect, it } from 'vitest';
import { type Outcomes, outcomesOf, type SlowQuery } from '../../../faults/lib/outcomes.ts';
import { type FixtureRun, makeRun, START_US, SYSTEM } from '../../evidence/fixture.ts';
import type { Span } from '../prove.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

/** Outcomes, between seconds 1 and 2, of ten calls that each take 10 ms; the first begins at second 1. */
async function outcomes(
  change: (spans: Span[], all: Span[]) => void,
  { on = 'gateway-to-auth', slow }: { on?: string; slow?: SlowQuery } = {},
): Promise<Outcomes> {
  const edge = SYSTEM.edges.find(({ id }) => id === on);
  if (!edge) throw new Error(`the fixture has no edge ${on}`);
  const run = await makeRun({
    requests: Array.from({ length: 10 }, () => ({ route: 'product-read', phase: 'baseline' })),
    mutate({ recording }) {
      const clients = recording.filter(
        ({ service, kind, peer_service, db_system }) =>
          kind === 'client' &&
          service === edge.from &&
          (edge.to === 'database' ? db_system !== null : peer_service === edge.to),
      );
      clients.forEach((span, index) => {
        span.start_us = START_US + 1_000_000 + index * 50_000;
        span.end_us = span.start_us + 10_000;
      });
      change(clients, recording);
    },
  });
  runs.push(run);
  const stretch = { fromUs: START_US + 1_000_000, untilUs: START_US + 2_000_000 };
  return outcomesOf(await run.open(), edge, [stretch], slow);
}

const ALL_GOOD = { calls: 10, open: 0, good: 10, answered: 10, failed: 0, slow: 0 };
const set = (change: Partial<Span>) => (spans: Span[]) => void Object.assign(spans[3] ?? {}, change);

describe('outcomes of calls', () => {
  it('counts calls and how long they lasted', async () => {
    expect(await outcomes(() => undefined)).toEqual({ ...ALL_GOOD, p50Us: 10_000, p95Us: 10_000 });
  });

  it.each<[string, Partial<Span>, number, number]>([
    ['status 499', { http_status: 499 }, 10, 10],
    ['status 500', { http_status: 500 }, 9, 10],
    ['an answer that was cut off', { status: 'error' }, 9, 10],
    ['no answer', { http_status: null, status: 'error' }, 9, 9],
    ['no answer, and nobody called it an error', { http_status: null }, 9, 9],
  ])('%s', async (_, change, good, answered) => {
    expect(await outcomes(set(change))).toMatchObject({ calls: 10, good, answered, failed: 10 - good });
  });

  it('a call of a database is good unless it is an error', async () => {
    const on = 'inventory-to-database';
    expect(await outcomes(() => undefined, { on })).toMatchObject(ALL_GOOD);
    expect(await outcomes(set({ status: 'error' }), { on })).toMatchObject({
      good: 9,
      answered: 9,
      failed: 1,
    });
  });

  it('a call that was exported twice is one', async () => {
    const twice = (spans: Span[], all: Span[]): void => void all.push(...spans.map((span) => ({ ...span })));
    expect(await outcomes(twice)).toMatchObject(ALL_GOOD);
  });

  it('calls that begin outside are not counted, the first instant is inside', async () => {
    expect(await outcomes((spans) => spans.forEach(shift(-1)))).toMatchObject({ calls: 9, open: 0 });
    expect(await outcomes((spans) => spans.forEach(shift(1_000_000)))).toMatchObject({ calls: 0, open: 0 });
  });

  it('calls that end after it are open, whatever came of them', async () => {
    const longer = (untilUs: number) =>
      set({ end_us: START_US + untilUs, http_status: null, status: 'error' });
    expect(await outcomes(longer(2_000_000))).toMatchObject({ calls: 10, open: 0, failed: 1 });
    expect(await outcomes(longer(2_000_001))).toMatchObject({ calls: 9, open: 1, failed: 0 });
  });

  it('calls that were slow already count, but neither as answered nor as failed when they end after it', async () => {
    // It begins 850 ms before the end.
    const late = set({ end_us: START_US + 2_500_000 });
    const counted = await outcomes(late, { slow: { slowUs: 850_000 } });
    expect(counted).toMatchObject({ calls: 10, open: 0, slow: 1, good: 9, answered: 9, failed: 0 });
    expect(await outcomes(late, { slow: { slowUs: 850_001 } })).toMatchObject({ calls: 9, open: 1, slow: 0 });
  });

  it('a call that fails needs only its patience to be slow', async () => {
    const slow = { slowUs: 500_000, patienceUs: 100_000 };
    const lasting = (us: number, change: Partial<Span>) => (spans: Span[]) => {
      const [span] = spans;
      if (span) Object.assign(span, change, { end_us: span.start_us + us });
    };
    const failed = { http_status: null, status: 'error' } as const;
    expect(await outcomes(lasting(100_000, failed), { slow })).toMatchObject({ slow: 1 });
    expect(await outcomes(lasting(99_999, failed), { slow })).toMatchObject({ slow: 0 });
    expect(await outcomes(lasting(499_999, {}), { slow })).toMatchObject({ slow: 0 });
    expect(await outcomes(lasting(500_000, {}), { slow })).toMatchObject({ slow: 1 });
  });

  it('without calls there is no median', async () => {
    const none = await outcomes((spans) => spans.forEach(shift(5_000_000)));
    expect(none).toMatchObject({ calls: 0, good: 0, p50Us: null, p95Us: null });
  });
});

function shift(us: number): (span: Span) => void {
  return (span) => {
    span.start_us += us;
    span.end_us += us;
  };
}
