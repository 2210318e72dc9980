import { expect, test } from 'vitest';
import type { Doubt } from '../../harness/contracts.ts';
import { recordingDoubts } from '../../harness/evidence/completeness.ts';
import { makeRun, type RunSpec, type Tables } from './fixture.ts';

async function doubtsOf(spec: RunSpec): Promise<readonly Doubt[]> {
  const run = await makeRun(spec);
  try {
    return await recordingDoubts(await run.open());
  } finally {
    run.remove();
  }
}

const mutated = (mutate: (tables: Tables) => void) => doubtsOf({ mutate });
const SPANS = 2877;

test('a recording of all that the Collector accepted: none', async () => {
  expect(await doubtsOf({})).toEqual([]);
});

test('one span less', async () => {
  const what = `${SPANS - 1} different spans were recorded, but the Collector accepted ${SPANS}`;
  expect(await mutated(({ recording }) => void recording.pop())).toEqual([{ source: 'recording', what }]);
});

test('another span twice does not make up for one that is not there', async () => {
  const doubts = await mutated(({ recording }) => {
    recording.pop();
    recording.push(...recording.slice(0, 1).map((span) => ({ ...span })));
  });
  expect(doubts.map(({ what }) => what)).toEqual([
    `${SPANS - 1} different spans were recorded (1 more are repeats, which the Collector counts as well), but the Collector accepted ${SPANS}`,
  ]);
});

test('spans that came after the last scrape: none', async () => {
  const doubts = await mutated((tables) => {
    const lastUs = Math.max(...tables.gauges.map(({ at_us }) => at_us));
    tables.gauges = tables.gauges.filter(({ at_us }) => at_us < lastUs - 40_000_000);
  });
  expect(doubts).toEqual([]);
});

test('counters with the suffix, of several receivers, that appear late and not in the last scrape', async () => {
  const split = (tables: Tables, more: number) => {
    const lastUs = Math.max(...tables.gauges.map(({ at_us }) => at_us));
    tables.gauges = tables.gauges.flatMap((row) => {
      if (row.metric !== 'otelcol_receiver_accepted_spans') return [row];
      if (row.value === 0 || row.at_us === lastUs) return [];
      const half = Math.floor(row.value / 2);
      const of = (receiver: string, value: number) => ({
        ...row,
        metric: 'otelcol_receiver_accepted_spans_total',
        labels: JSON.stringify({ receiver }),
        value,
      });
      return [of('a', half), of('b', row.value - half + more)];
    });
  };
  expect(await mutated((tables) => split(tables, 0))).toEqual([]);
  expect(await mutated((tables) => split(tables, 1))).toHaveLength(1);
});

test.each(['otelcol_receiver_refused_spans', 'otelcol_receiver_failed_spans_total'])('%s', async (metric) => {
  const doubts = await mutated((tables) => {
    const last = tables.gauges.findLast((row) => row.metric === 'otelcol_receiver_refused_spans');
    if (last) tables.gauges.push({ ...last, metric, value: 3 });
  });
  expect(doubts.map(({ what }) => what)).toEqual([
    'the Collector refused 3 spans, which their senders may have given up',
  ]);
});

test('nothing that says how many were accepted', async () => {
  const unknown = [{ source: 'recording', what: expect.stringContaining('no gauge says how many spans') }];
  expect(await doubtsOf({ without: ['gauges'] })).toEqual(unknown);
  const doubts = await mutated((tables) => {
    tables.gauges = tables.gauges.filter(({ part }) => part !== 'collector');
  });
  expect(doubts).toEqual(unknown);
});

test('no recording: nothing to doubt, it is missing', async () => {
  expect(await doubtsOf({ without: ['recording'] })).toEqual([]);
});
