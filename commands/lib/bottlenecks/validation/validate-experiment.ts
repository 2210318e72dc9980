import { quantile } from '../../../../analysis/bottlenecks/lib/quantile.ts';
import { type Choice, runTraces } from '../../../../analysis/bottlenecks/lib/run-traces.ts';
import { viewOf } from '../../../../analysis/bottlenecks/lib/trace-view.ts';
import type { Timed } from '../../../../analysis/bottlenecks/lib/what-if.ts';
import { buildTree } from '../../../../analysis/critical-path/tree.ts';
import type { Evidence, PhaseName } from '../../../../harness/contracts.ts';
import { withEvidence } from '../../with-evidence.ts';
import { type Experiment, ROUTE } from './experiments.ts';
import type { Prediction } from './schema.ts';

/** Phases that are compared: nothing is broken, and the scenario's fault is in force. */
const PHASES = ['baseline', 'fault'] as const satisfies PhaseName[];

/** What was predicted from the run without the mitigations, beside what the run with them measured; a row a phase. */
export async function validateExperiment(
  experiment: Experiment,
  folders: { readonly before: string; readonly after: string },
): Promise<readonly Prediction[]> {
  const before = await withEvidence(folders.before, (evidence) => predictions(evidence, experiment));
  return withEvidence(folders.after, (evidence) =>
    Promise.all(
      PHASES.map(async (phase): Promise<Prediction> => {
        const { asIsUs, predictedUs } = before.get(phase) ?? { asIsUs: [], predictedUs: [] };
        const measuredUs = await durations(evidence, { route: ROUTE, phase });
        return {
          mitigations: [...experiment.mitigations],
          scenario: experiment.scenario,
          phase,
          orders: Math.min(asIsUs.length, measuredUs.length),
          p50: compare(0.5, asIsUs, predictedUs, measuredUs),
          p95: compare(0.95, asIsUs, predictedUs, measuredUs),
        };
      }),
    ),
  );
}

type Percentile = Prediction['p50'];

function compare(
  share: number,
  asIs: readonly number[],
  predicted: readonly number[],
  measured: readonly number[],
): Percentile {
  const [asIsMs, predictedMs, measuredMs] = [asIs, predicted, measured].map((values) => {
    const us = quantile(values, share);
    return us === null ? null : Math.round(us) / 1000;
  });
  const isKnown =
    typeof asIsMs === 'number' && typeof predictedMs === 'number' && typeof measuredMs === 'number';
  return {
    asIsMs: asIsMs ?? null,
    predictedMs: predictedMs ?? null,
    measuredMs: measuredMs ?? null,
    errorShare: isKnown && asIsMs > 0 ? Math.abs(predictedMs - measuredMs) / asIsMs : null,
  };
}

interface Predicted {
  readonly asIsUs: number[];
  readonly predictedUs: number[];
}

/** By phase. What remembers needs the warm-up, too, so all phases are gone through. */
async function predictions(
  evidence: Evidence,
  { whatIf, keys }: Experiment,
): Promise<ReadonlyMap<string, Predicted>> {
  const rows = keys === undefined ? [] : await evidence.query<{ trace_id: string; key: string | null }>(keys);
  const keyOf = new Map(rows.map(({ trace_id, key }) => [trace_id, key]));
  const timed: (Timed & { readonly phase: string })[] = [];
  for (const phase of evidence.run.phases.map(({ name }) => name)) {
    const source = await runTraces(evidence, { route: ROUTE, phase });
    for await (const { spans } of source.traces()) {
      const tree = buildTree(spans);
      const root = tree?.spans[0];
      if (!tree || !root) continue;
      const key = keyOf.get(tree.traceId) ?? null;
      timed.push({ ...whatIf.facts(viewOf(tree, source.parties)), startUs: root.startUs, key, phase });
    }
  }
  timed.sort((a, b) => a.startUs - b.startUs);
  const predicted = whatIf.predict(timed);
  const byPhase = new Map<string, Predicted>();
  for (const [index, { phase, asIsUs }] of timed.entries()) {
    const list = byPhase.get(phase) ?? { asIsUs: [], predictedUs: [] };
    byPhase.set(phase, list);
    list.asIsUs.push(asIsUs);
    list.predictedUs.push(predicted[index] ?? asIsUs);
  }
  return byPhase;
}

async function durations(evidence: Evidence, choice: Choice): Promise<readonly number[]> {
  const found: number[] = [];
  const source = await runTraces(evidence, choice);
  for await (const { spans } of source.traces()) {
    const root = buildTree(spans)?.spans[0];
    if (root) found.push(root.endUs - root.startUs);
  }
  return found;
}
