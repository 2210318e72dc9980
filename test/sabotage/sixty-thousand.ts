/**
 * Evidence of a long run, generated: 60,000 requests in 70 s, of which 0.5 % fail and 1 % are slow, and all that
 * is to be kept is archived. So that what happens to one trace among them can be shown in seconds.
 */
import { rename } from 'node:fs/promises';
import baselineSampledExactly from '../../assertions/baseline-sampled-exactly.ts';
import everyErrorKept from '../../assertions/every-error-kept.ts';
import everySlowTraceKept from '../../assertions/every-slow-trace-kept.ts';
import healthChecksDropped from '../../assertions/health-checks-dropped.ts';
import loadAchieved from '../../assertions/load-achieved.ts';
import partsStayedUp from '../../assertions/parts-stayed-up.ts';
import tracesUnbroken from '../../assertions/traces-unbroken.ts';
import volumeAsEstimated from '../../assertions/volume-as-estimated.ts';
import { makeRun, type RequestSpec, SYSTEM } from '../evidence/fixture.ts';

export const SIXTY_THOUSAND = 'sixty-thousand';

const REQUESTS = 60_000;
/** What the fixture's requests make; no order, so that few spans do. */
const UNEXERCISED = SYSTEM.edges
  .map(({ id }) => id)
  .filter((id) => !['gateway-to-auth', 'gateway-to-inventory'].includes(id));

export async function writeSixtyThousand(folder: string): Promise<void> {
  const assertions = [
    partsStayedUp.with({}),
    loadAchieved.with({}),
    everyErrorKept.with({}),
    everySlowTraceKept.with({}),
    healthChecksDropped.with({}),
    baselineSampledExactly.with({}),
    tracesUnbroken.with({
      unexercised: UNEXERCISED.filter((id) => !id.includes('stripe') && !id.includes('database')),
    }),
    volumeAsEstimated.with({
      rows: [
        { promise: 'error', sharePercent: 0.5, perS: 5 },
        { promise: 'slow', sharePercent: 1, perS: 10 },
        { promise: 'rest', sharePercent: 96.5, perS: 48.25 },
        { promise: 'health', sharePercent: 2, perS: 0 },
      ],
    }),
  ];
  const run = await makeRun({
    requests: requests(),
    run: { faults: [], assertions: assertions.map(({ id, options }) => ({ id, options })) },
  });
  await rename(run.folder, folder);
}

function requests(): RequestSpec[] {
  const share = { baseline: 2 / 7, fault: 3 / 7, recovery: 2 / 7 } as const;
  return (['baseline', 'fault', 'recovery'] as const).flatMap((phase) =>
    Array.from({ length: Math.round(REQUESTS * share[phase]) }, (_, index) => requestOf(phase, index)),
  );
}

function requestOf(phase: RequestSpec['phase'], index: number): RequestSpec {
  if (index % 50 === 1) return { route: 'health', phase };
  if (index % 200 === 3) return { route: 'product-read', phase, outcome: 'error' };
  if (index % 100 === 7) return { route: 'product-read', phase, outcome: 'slow' };
  return { route: 'product-read', phase };
}
