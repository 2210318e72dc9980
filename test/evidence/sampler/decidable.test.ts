import { afterEach, describe, expect, it } from 'vitest';
import { type FixtureRun, healthyRequests, makeRun, type Tables } from '../fixture.ts';

const SEQ = healthyRequests().findIndex(
  ({ route, phase }) => route === 'product-read' && phase === 'baseline',
);

let run: FixtureRun | undefined;
afterEach(() => run?.remove());

/** The first read goes on for 9 s; the sampler of the fixture decides after 10 s. */
function goOn({ spansOf }: Tables, tables: Tables): void {
  const [span] = spansOf.call(tables, SEQ);
  if (span) span.end_us = span.start_us + 9_000_000;
}

/** The Collector counts a span that came late, so many seconds after the trace began. */
function late(tables: Tables, afterS: number): void {
  const [span] = tables.spansOf(SEQ);
  for (const [second, value] of [
    [afterS - 1, 0],
    [afterS, 1],
  ] as const)
    tables.gauges.push({
      at_us: (span?.start_us ?? 0) + second * 1e6,
      part: 'collector',
      metric: 'otelcol_processor_tail_sampling_sampling_late_span_age_count',
      labels: '{}',
      value,
    });
}

async function predictedOf(mutate: (tables: Tables) => void): Promise<string | undefined> {
  run = await makeRun({ mutate });
  const evidence = await run.open();
  const [row] = await evidence.query<{ predicted: string }>('SELECT predicted FROM fate WHERE seq = $seq', {
    seq: SEQ,
  });
  return row?.predicted;
}

describe('a trace that goes on until its decision', () => {
  it('cannot be predicted when spans came late at that time', async () => {
    expect(
      await predictedOf((tables) => {
        goOn(tables, tables);
        late(tables, 11);
      }),
    ).toBe('unknown');
  });

  it('is predicted when none came late, or only at another time, or it was short', async () => {
    expect(await predictedOf((tables) => goOn(tables, tables))).toBe('keep');
    expect(
      await predictedOf((tables) => {
        goOn(tables, tables);
        late(tables, 3);
      }),
    ).toBe('keep');
    expect(await predictedOf((tables) => late(tables, 11))).not.toBe('unknown');
  });
});
