/** What a Collector's configuration does to the traces that it passes on to the tracing backend. */
import { parse } from 'yaml';
import { messageOf, UserError } from '../../errors.ts';
import { type Environment, Unresolved } from './expand.ts';
import { type Configuration, configurationSchema, pipelinesToArchive } from './pipelines.ts';
import type { Policy } from './policies.ts';
import { readProcessor, type Sampling } from './processor.ts';
import { substitute } from './substitute.ts';

export { durationS, type Sampling } from './processor.ts';

/** Processors that neither drop traces nor change what the sampler sees. */
const NEUTRAL = new Set(['batch', 'memory_limiter', 'tail_sampling']);

/**
 * Reads a Collector configuration.
 * @param text the YAML
 * @param environment what the Collector got, for `${env:NAME}`, `${env:NAME:-default}` and `${NAME}`; undefined when
 * nobody knows it: then defaults are taken, with a warning
 * @throws UserError when it is no YAML or no Collector configuration
 */
export function readSampling(text: string, environment?: Environment): Sampling {
  const configuration = readConfiguration(text, environment);
  const warnings: string[] = [];
  const pipelines = pipelinesToArchive(configuration);
  if (pipelines.length === 0)
    throw new UserError(
      'collector configuration: no pipeline of traces leads to an otlp or otlphttp exporter',
    );
  const sampled = pipelines.filter((pipeline) => pipeline.processors.some(isTailSampling));
  const bypass = pipelines.find((pipeline) => !pipeline.processors.some(isTailSampling));
  for (const pipeline of pipelines) {
    for (const id of pipeline.processors.filter((processor) => !NEUTRAL.has(typeOf(processor)))) {
      warnings.push(`pipeline ${pipeline.id}: what processor ${id} does to the traces is not predicted`);
    }
  }
  if (bypass !== undefined) {
    if (sampled.length > 0) {
      warnings.push(
        `pipeline ${bypass.id} passes every trace on to the backend, whatever tail sampling decides`,
      );
    }
    const always: Policy = {
      name: `no sampling in pipeline ${bypass.id}`,
      drop: false,
      condition: { kind: 'always' },
    };
    return { processor: null, decisionWaitS: 0, numTraces: 0, policies: [always], warnings };
  }
  const ids = [...new Set(sampled.flatMap((pipeline) => pipeline.processors.filter(isTailSampling)))];
  const [id] = ids;
  if (id === undefined) throw new UserError('collector configuration: no tail_sampling processor');
  if (ids.length > 1)
    warnings.push(`several tail_sampling processors (${ids.join(', ')}): only ${id} is predicted`);
  const processors = configuration.processors ?? {};
  const settings = Object.hasOwn(processors, id)
    ? processors[id]
    : new Unresolved(id, 'the section `processors` does not name it');
  return readProcessor(id, settings, environment, warnings);
}

function readConfiguration(text: string, environment: Environment | undefined): Configuration {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw new UserError(`collector configuration: not readable as YAML: ${messageOf(error)}`);
  }
  if (typeof document !== 'object' || document === null || !('service' in document) || !document.service)
    throw new UserError('collector configuration: the section `service` with its pipelines is missing');
  const service = substitute(document.service, environment ?? {});
  const read = configurationSchema.safeParse({ ...document, service });
  if (read.success) return read.data;
  const [problem] = read.error.issues;
  throw new UserError(`collector configuration: ${problem?.path.join('.')}: ${problem?.message}`);
}

function isTailSampling(id: string): boolean {
  return typeOf(id) === 'tail_sampling';
}

function typeOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}
