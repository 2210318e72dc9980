/** The pipelines of traces, and the ways on which traces come to the tracing backend. */
import type { Section } from './section.ts';

/** A part that a pipeline names. */
export interface Step {
  readonly id: string;
  readonly line: number;
  readonly pipeline: string;
}

export interface Pipeline {
  readonly id: string;
  readonly line: number;
  readonly receivers: readonly Step[];
  readonly processors: readonly Step[];
  readonly exporters: readonly Step[];
}

/** From a receiver to the backend: one pipeline, or several joined by connectors. */
export interface Way {
  readonly pipelines: readonly Pipeline[];
  /** All on the way, in order. */
  readonly processors: readonly Step[];
}

/** `tail_sampling` of `tail_sampling/mine`. */
export function typeOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}

export function isTailSampling({ id }: Step): boolean {
  return typeOf(id) === 'tail_sampling';
}

/** The exporter that sends each span to one of several Collectors. */
export function isLoadBalancing({ id }: Step): boolean {
  return /^load_?balancing$/.test(typeOf(id));
}

/** Exporters that store nothing where a person looks for a trace. */
const NO_BACKEND = new Set(['debug', 'file', 'logging', 'nop']);

export function readPipelines(pipelines: Section): readonly Pipeline[] {
  return pipelines
    .children()
    .filter(([id]) => typeOf(id) === 'traces')
    .map(([id, section]) => {
      const steps = (key: string) =>
        section.texts(key).map(({ text, line }) => ({ id: text, line, pipeline: id }));
      return {
        id,
        line: section.line,
        receivers: steps('receivers'),
        processors: steps('processors'),
        exporters: steps('exporters'),
      };
    });
}

export function waysToBackend(
  pipelines: readonly Pipeline[],
  connectors: ReadonlySet<string>,
): readonly Way[] {
  const follow = (pipeline: Pipeline, before: readonly Pipeline[]): readonly Way[] => {
    const passed = [...before, pipeline];
    const isBackend = (step: Step) =>
      !connectors.has(step.id) && !NO_BACKEND.has(typeOf(step.id)) && !isLoadBalancing(step);
    const ends = pipeline.exporters.some(isBackend)
      ? [{ pipelines: passed, processors: passed.flatMap(({ processors }) => processors) }]
      : [];
    const onward = pipeline.exporters
      .filter(({ id }) => connectors.has(id))
      .flatMap(({ id }) => pipelines.filter((next) => next.receivers.some((receiver) => receiver.id === id)))
      .filter((next) => !passed.includes(next))
      .flatMap((next) => follow(next, passed));
    return [...ends, ...onward];
  };
  return pipelines
    .filter(({ receivers }) => receivers.some(({ id }) => !connectors.has(id)))
    .flatMap((pipeline) => follow(pipeline, []));
}
