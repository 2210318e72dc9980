/** A user's Collector configuration, made to run beside nothing but a replay: same sampling, other addresses. */
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { messageOf, UserError } from '../errors.ts';
import { type Scaling, type Section, scaleBatch, scaleQueue, scaleSampler, sectionOf } from './scale.ts';

export interface ReplayPlaces {
  readonly otlpHttp: number;
  readonly metrics: number;
  readonly health: number;
  /** Base URL of what stands for the tracing backends, without a slash at its end. */
  readonly backendUrl: string;
  /** For the files that the configuration writes. */
  readonly folder: string;
}

export interface ReplayConfiguration {
  readonly yaml: string;
  /** What is different from the user's, a phrase each. */
  readonly notes: readonly string[];
}

const RECEIVER = 'otlp';
const HEALTH = 'health_check/chaoscope';
/** Those that both exporters have, and that decide whether traces are lost in them. */
const KEPT_SETTINGS = ['sending_queue', 'retry_on_failure', 'timeout'] as const;
/** Encodings that the backend of a replay can read. */
const COMPRESSIONS: readonly unknown[] = ['none', 'gzip', 'zstd', '', undefined];

/**
 * Replaces addresses: the receiver listens where the replay sends, exporters to tracing backends send to the replay's own
 * receiver by OTLP/HTTP with the queue, the retries and the compression that they have, files go to the replay's folder.
 * With a speed, waits and rates are scaled. Whatever decides on traces stays as it is.
 * @throws UserError when the text is no configuration that can be replayed
 */
export function replayConfiguration(
  text: string,
  places: ReplayPlaces,
  { speed, environment }: Omit<Scaling, 'note'>,
): ReplayConfiguration {
  const document = read(text);
  const notes: string[] = [];
  const scaling: Scaling = { speed, environment, note: (note) => notes.push(note) };
  redirectReceivers(document, places);
  const renamed = redirectExporters(document, places, scaling);
  for (const [id, settings] of sections(document, 'processors')) {
    if (typeOf(id) === 'tail_sampling') scaleSampler(id, settings, scaling);
    if (typeOf(id) === 'batch') scaleBatch(id, settings, scaling);
  }
  redirectService(document, places, renamed);
  return { yaml: stringify(document), notes };
}

function read(text: string): Section {
  let document: unknown;
  try {
    document = parse(text, { merge: true });
  } catch (error) {
    throw new UserError(`not readable as YAML: ${messageOf(error)}`);
  }
  const section = sectionOf(document);
  if (!section || !sectionOf(sectionOf(section['service'])?.['pipelines']))
    throw new UserError('no Collector configuration: `service.pipelines` is missing');
  return section;
}

/** One OTLP/HTTP receiver, for all pipelines that have an OTLP receiver. */
function redirectReceivers(document: Section, places: ReplayPlaces): void {
  const receivers = sections(document, 'receivers');
  const own = receivers.filter(([id]) => typeOf(id) === RECEIVER);
  if (own.length === 0) throw new UserError('no `otlp` receiver, so the recorded spans cannot be sent to it');
  const limit = own
    .map(([, settings]) => sectionOf(sectionOf(settings['protocols'])?.['http'])?.['max_request_body_size'])
    .find((found) => found !== undefined);
  const http = {
    endpoint: `127.0.0.1:${places.otlpHttp}`,
    ...(limit === undefined ? {} : { max_request_body_size: limit }),
  };
  document['receivers'] = {
    ...Object.fromEntries(receivers.filter(([id]) => typeOf(id) !== RECEIVER)),
    [RECEIVER]: { protocols: { http } },
  };
}

/** Returns the new names of the exporters that got one. */
function redirectExporters(
  document: Section,
  { backendUrl, folder }: ReplayPlaces,
  scaling: Scaling,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const exporters: Section = {};
  for (const [index, [id, settings]] of sections(document, 'exporters').entries()) {
    if (/^otlp(http|_http|_grpc)?$/.test(typeOf(id))) {
      const name = `otlp_http/${id.replaceAll('/', '-')}`;
      renamed.set(id, name);
      exporters[name] = backend(id, settings, `${backendUrl}/${index}`, scaling);
    } else if (typeOf(id) === 'file') {
      exporters[id] = { ...settings, path: join(folder, `exporter-${index}.out`) };
    } else exporters[id] = settings;
  }
  document['exporters'] = exporters;
  return renamed;
}

function backend(id: string, settings: Section, endpoint: string, scaling: Scaling): Section {
  const { compression } = settings;
  const isReadable = COMPRESSIONS.includes(compression);
  if (!isReadable) scaling.note(`${id}: compression ${String(compression)} -> gzip`);
  const kept = KEPT_SETTINGS.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]]));
  scaleQueue(id, sectionOf(settings['sending_queue']), scaling);
  return {
    endpoint,
    compression: isReadable ? (compression ?? 'gzip') : 'gzip',
    ...Object.fromEntries(kept),
  };
}

function redirectService(
  document: Section,
  places: ReplayPlaces,
  renamed: ReadonlyMap<string, string>,
): void {
  const service = sectionOf(document['service']) ?? {};
  const pipelines = sections(service, 'pipelines').map(([id, pipeline]): [string, Section] => [
    id,
    {
      ...pipeline,
      receivers: unique(
        texts(pipeline['receivers']).map((each) => (typeOf(each) === RECEIVER ? RECEIVER : each)),
      ),
      exporters: texts(pipeline['exporters']).map((each) => renamed.get(each) ?? each),
    },
  ]);
  const telemetry = sectionOf(service['telemetry']) ?? {};
  const level = sectionOf(telemetry['metrics'])?.['level'];
  const prometheus = { host: '127.0.0.1', port: places.metrics };
  const isOther = (id: string) => typeOf(id) !== 'health_check';
  document['extensions'] = {
    ...Object.fromEntries(sections(document, 'extensions').filter(([id]) => isOther(id))),
    [HEALTH]: { endpoint: `127.0.0.1:${places.health}` },
  };
  document['service'] = {
    ...service,
    extensions: [...texts(service['extensions']).filter(isOther), HEALTH],
    pipelines: Object.fromEntries(pipelines),
    telemetry: {
      ...(telemetry['logs'] === undefined ? {} : { logs: telemetry['logs'] }),
      metrics: {
        // Without its metrics nobody sees what was lost.
        level: level === undefined || level === 'none' ? 'normal' : level,
        readers: [{ pull: { exporter: { prometheus } } }],
      },
    },
  };
}

/** The entries of a section of components; one without settings is empty. */
function sections(parent: Section, key: string): readonly (readonly [id: string, settings: Section])[] {
  return Object.entries(sectionOf(parent[key]) ?? {}).map(([id, value]) => [id, sectionOf(value) ?? {}]);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function typeOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}
