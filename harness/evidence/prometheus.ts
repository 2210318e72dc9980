/** Prometheus' text format, as far as the Collector's own metrics use it. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** The samples of a scrape; a line that is no sample is skipped, and so are the buckets of histograms. */
export function parsePrometheus(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = '', value] = LINE.exec(line.trimEnd()) ?? [];
    if (name === undefined || value === undefined || name.endsWith('_bucket')) continue;
    const number = numberOf(value);
    if (number !== undefined) samples.push({ name, labels: labelsOf(labels), value: number });
  }
  return samples;
}

/** Sum over all series of a counter, whether or not its name has the suffix `_total`; undefined when it is not there. */
export function total(samples: readonly Sample[], name: string): number | undefined {
  const series = samples.filter((sample) => sample.name === name || sample.name === `${name}_total`);
  return series.length === 0 ? undefined : series.reduce((sum, { value }) => sum + value, 0);
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, key = '', value = ''] of text.matchAll(LABEL)) {
    labels[key] = value.replaceAll(/\\[\\"n]/g, (escaped) => ESCAPES[escaped] ?? escaped);
  }
  return labels;
}

function numberOf(text: string): number | undefined {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
