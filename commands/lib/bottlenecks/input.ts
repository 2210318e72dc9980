import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Detector } from '../../../analysis/bottlenecks/lib/detector.ts';
import { fileTraces } from '../../../analysis/bottlenecks/lib/file-traces.ts';
import { type Choice, runTraces } from '../../../analysis/bottlenecks/lib/run-traces.ts';
import { UserError } from '../../../harness/errors.ts';
import type { OpenEvidence } from '../../../harness/evidence/store.ts';
import { Registry } from '../../../harness/registry.ts';
import { readTraceFile } from '../../../harness/trace-file/read.ts';
import { needSources } from '../needed-sources.ts';
import { ROOT } from '../things.ts';
import { withEvidence } from '../with-evidence.ts';
import { reportOf } from './report.ts';
import type { BottleneckReport } from './schema.ts';

export const detectors = new Registry<Detector>(join(ROOT, 'analysis', 'bottlenecks'), 'detector');

/**
 * The bottlenecks of a run's folder, or of a file with traces.
 * @throws UserError when it is neither, or has no trace that fits the choice
 */
export async function bottlenecksOf(path: string, choice: Choice): Promise<BottleneckReport> {
  const all = await allDetectors();
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`${path} does not exist. Give the folder of a run, or a file with traces.`);
  if (found.isDirectory()) return withEvidence(path, (evidence) => ofRun(path, evidence, choice, all));
  if (choice.phase !== undefined)
    throw new UserError(
      '--phase chooses among the phases of a run; a file with traces has none. Leave it out.',
    );
  const { format, spans } = await readTraceFile(path);
  const report = await reportOf({ kind: 'file', path, format }, fileTraces(spans), all);
  const routes = report.routes.filter(({ route }) => choice.route === undefined || route === choice.route);
  if (routes.length > 0) return { ...report, routes };
  const known = report.routes.map(({ route }) => `'${route}'`).join(', ');
  throw new UserError(`--route '${choice.route}': no trace of ${path} begins with it; there are: ${known}`);
}

export async function allDetectors(): Promise<readonly Detector[]> {
  return Promise.all((await detectors.ids()).map((id) => detectors.get(id)));
}

async function ofRun(
  path: string,
  evidence: OpenEvidence,
  choice: Choice,
  all: readonly Detector[],
): Promise<BottleneckReport> {
  const { run } = evidence;
  needSources(path, evidence, ['recording'], 'Give a run that has it, or a file with traces.');
  checkChoice(evidence, choice);
  const source = await runTraces(evidence, choice);
  const report = await reportOf({ kind: 'run', path, format: `run ${run.id}` }, source, all);
  if (report.routes.length > 0) return report;
  throw new UserError(
    `${path} has no recorded trace${choice.route ? ` of the route ${choice.route}` : ''}${choice.phase ? ` in the phase ${choice.phase}` : ''}`,
  );
}

function checkChoice({ run, sources }: OpenEvidence, { route, phase }: Choice): void {
  const problems: string[] = [];
  const phases = run.phases.map(({ name }): string => name);
  if (route !== undefined && !run.system.routes.includes(route))
    problems.push(
      `--route '${route}' is no route of ${run.system.name}; there are: ${run.system.routes.join(', ')}`,
    );
  if (phase !== undefined && !phases.includes(phase))
    problems.push(`--phase '${phase}' is no phase of the run; there are: ${phases.join(', ')}`);
  if ((route !== undefined || phase !== undefined) && !sources.has('ledger'))
    problems.push(
      'without a ledger nothing says which trace is of which route and phase; leave --route and --phase out',
    );
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}
