import { isTailSampling, typeOf } from './lib/pipelines.ts';
import type { LintRule } from './lib/rule.ts';

/** No pipeline keeps every span before sampling, so nobody can say what sampling lost. */
const rule: LintRule = {
  id: 'no-flight-recorder',
  title: 'No pipeline records every span before sampling',
  check({ pipelines, pipelinesLine, samplers }) {
    const isRecorder = pipelines.some(
      ({ processors, exporters }) =>
        exporters.some(({ id }) => typeOf(id) === 'file') && !processors.some(isTailSampling),
    );
    if (isRecorder || samplers.length === 0) return [];
    return [
      {
        severity: 'info',
        line: pipelinesLine,
        what: 'no pipeline without sampling writes every span to a file',
        consequence:
          'Nobody can say what sampling lost, and chaoscope cannot judge a run with this configuration.',
        effect: null,
        remedy: 'A second pipeline from the same receiver, and its exporter:',
        yaml: [
          'exporters:',
          `  file/recording: { path: "$\{env:CHAOSCOPE_RECORDING:-recording.otlp.zst}", format: proto, compression: zstd }`,
          'service:',
          '  pipelines:',
          '    traces/recording: { receivers: [otlp], processors: [memory_limiter], exporters: [file/recording] }',
        ].join('\n'),
      },
    ];
  },
};

export default rule;
