import { join } from 'node:path';
import type {
  BoundAssertion,
  FaultFactory,
  PlacedFault,
  Report,
  RunRecord,
  Scenario,
} from '../../harness/contracts.ts';
import { pipelineEdge } from '../../harness/pipeline.ts';
import { Registry } from '../../harness/registry.ts';

/** The project's root, where the plural folders are. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** An assertion as its file exports it: options as they stand in run.json bind it. */
interface AssertionFile {
  readonly title: string;
  readonly promise: string;
  with(options: object): BoundAssertion;
}

export const scenarios = new Registry<Scenario>(join(ROOT, 'scenarios'), 'scenario');
export const faults = new Registry<FaultFactory>(join(ROOT, 'faults'), 'fault');
export const assertions = new Registry<AssertionFile>(join(ROOT, 'assertions'), 'assertion');
export const reports = new Registry<Report>(join(ROOT, 'reports'), 'report');

/** The assertions of a run as its folder tells them, so that a folder is judged on its own. */
export async function assertionsOf(run: RunRecord): Promise<readonly BoundAssertion[]> {
  return Promise.all(run.assertions.map(async ({ id, options }) => (await assertions.get(id)).with(options)));
}

/** The faults of a run as its folder tells them, with the times at which they were in force. */
export async function faultsOf(run: RunRecord): Promise<readonly PlacedFault[]> {
  return Promise.all(
    run.faults.map(async ({ on, id, parameters, fromUs, untilUs }) => {
      const fault = (await faults.get(id))(parameters);
      const edge = run.system.edges.find((each) => each.id === on) ?? pipelineEdge(on);
      if (!edge || fromUs === undefined || untilUs === undefined) return { on, fault };
      return { on, fault, window: { edge, fromUs, untilUs } };
    }),
  );
}
