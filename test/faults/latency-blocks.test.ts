import { expect, it } from 'vitest';
import { latency } from '../../faults/latency.ts';
import { START_US } from '../evidence/fixture.ts';
import { type EdgeCalls, FROM_US, prove, UNTIL_US } from './prove.ts';

const fault = latency({ latencyMs: 500 });
const EDGE = 'gateway-to-inventory';
const common = { on: EDGE, id: fault.id, parameters: fault.parameters };
const own = { ...common, fromUs: FROM_US, untilUs: UNTIL_US };
/** Most of what is left of the run after the first. */
const next = { ...common, fromUs: START_US + 53e6, untilUs: START_US + 66e6 };

/** Each call in one of the windows takes 500 ms longer. */
function slowInBoth({ inside, after }: EdgeCalls): void {
  for (const call of [...inside, ...after])
    if ([own, next].some(({ fromUs, untilUs }) => call.start_us >= fromUs && call.start_us < untilUs))
      call.end_us += 500_000;
}

it('the calls of another block prove nothing of this one', async () => {
  const proof = await prove(fault, { run: { faults: [own, next] }, change: slowInBoth });
  expect(proof).toMatchObject({ held: true, figures: { afterP50Ms: 13 } });
  const alone = await prove(fault, { run: { faults: [own] }, change: slowInBoth });
  expect(alone.held).toBe(false);
});
