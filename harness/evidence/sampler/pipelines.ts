/** Which pipelines of a Collector configuration lead to the tracing backend. */

import { z } from 'zod';

const ids = z.array(z.string()).nullish();

/** What is read of a Collector configuration; what else stands in it is passed over. */
export const configurationSchema = z.object({
  processors: z.record(z.string(), z.unknown()).nullish(),
  connectors: z.record(z.string(), z.unknown()).nullish(),
  service: z.object({
    pipelines: z
      .record(z.string(), z.object({ receivers: ids, processors: ids, exporters: ids }).nullable())
      .nullish(),
  }),
});

export type Configuration = z.infer<typeof configurationSchema>;

/** A way from a receiver to the backend: one pipeline, or several joined by connectors. */
export interface PipelinePath {
  /** Ids of its pipelines, joined by ` -> `. */
  readonly id: string;
  /** All processors on the way, in order. */
  readonly processors: readonly string[];
}

/** The ways of traces that end in an `otlp` or `otlphttp` exporter; other exporters (file, debug) store nothing. */
export function pipelinesToArchive(configuration: Configuration): PipelinePath[] {
  const pipelines = Object.entries(configuration.service.pipelines ?? {}).filter(([id]) =>
    /^traces(\/|$)/.test(id),
  );
  const connectors = new Set(Object.keys(configuration.connectors ?? {}));
  const follow = (id: string, before: PipelinePath | undefined): PipelinePath[] => {
    const pipeline = configuration.service.pipelines?.[id] ?? {};
    const path = {
      id: before === undefined ? id : `${before.id} -> ${id}`,
      processors: [...(before?.processors ?? []), ...(pipeline.processors ?? [])],
    };
    return (pipeline.exporters ?? []).flatMap((exporter) => {
      if (/^otlp(http|_http|_grpc)?(\/|$)/.test(exporter)) return [path];
      if (!connectors.has(exporter) || path.id.split(' -> ').length > pipelines.length) return [];
      return pipelines
        .filter(([, next]) => next?.receivers?.includes(exporter))
        .flatMap(([next]) => follow(next, path));
    });
  };
  return pipelines
    .filter(([, pipeline]) => pipeline?.receivers?.some((receiver) => !connectors.has(receiver)))
    .flatMap(([id]) => follow(id, undefined));
}
