import type { Evidence } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import { discrepanciesOf } from './lib/discrepancies.ts';
import { entryStats } from './lib/entry-stats.ts';
import { nodesOf } from './lib/nodes.ts';
import { queuesOf } from './lib/queues.ts';
import { seenEdges } from './lib/seen-edges.ts';
import { measuredTime } from './lib/times.ts';
import type { ServiceMap } from './map.ts';

/**
 * Draws the map of a run from what was measured, the warm-up left out.
 * @throws UserError when the run has no recording, or no call was recorded in its measured phases
 */
export async function serviceMap(evidence: Evidence): Promise<ServiceMap> {
  const { run } = evidence;
  if (!evidence.sources.has('recording'))
    throw new UserError(
      `the run has no recording (${run.missing.recording ?? 'it is missing'}); a map is drawn of the recorded spans`,
    );
  const time = measuredTime(evidence);
  const calls = await seenEdges(evidence, time);
  const queues = await queuesOf(evidence, time);
  if (calls.every(({ calm, underFault }) => calm.calls + (underFault?.calls ?? 0) === 0))
    throw new UserError(
      'the recording holds no call in the measured phases; there is nothing to draw a map of',
    );
  const edges = [...(await entryStats(evidence, time)), ...calls, ...queues];
  return {
    run: run.id,
    title: run.title,
    system: run.system.name,
    build: run.build?.id ?? null,
    calmS: time.calmS,
    faultS: time.faultS,
    nodes: nodesOf(run, edges),
    edges,
    discrepancies: discrepanciesOf(run, edges),
  };
}
