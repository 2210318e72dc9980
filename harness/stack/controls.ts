/** The parts of the pipeline of a native stack as processes that a fault can end and start again. */
import type { PartControl } from '../contracts.ts';
import { collectorPart } from './collector.ts';
import { jaegerPart } from './jaeger.ts';
import { collectorOptions, jaegerOptions, type NativeRun } from './native-run.ts';
import type { PartSpec } from './part.ts';

/** To start again is an undo as well, so it must go on when the run is stopped: this bounds it instead of the run's signal. */
const START_MS = 35_000;

/**
 * By name of the part. What is started again is known to the keeper like what was started first, and stopped with the stack.
 * To be made once a run: a Collector that starts again needs to know how often it did.
 */
export function partControls(run: NativeRun): ReadonlyMap<string, PartControl> {
  let collectors = 0;
  const specs: Readonly<Record<string, () => PartSpec>> = {
    collector: () => {
      collectors += 1;
      return collectorPart(collectorOptions(run, collectors));
    },
    jaeger: () => jaegerPart(jaegerOptions(run)),
  };
  return new Map(Object.entries(specs).map(([name, spec]) => [name, control(run, name, spec)]));
}

function control({ parts }: NativeRun, name: string, spec: () => PartSpec): PartControl {
  return {
    name,
    end: (how) => parts.end(name, how),
    start: async () => {
      if (!parts.isUp(name)) await parts.start(spec(), AbortSignal.timeout(START_MS));
    },
    isUp: async () => parts.isUp(name),
  };
}
