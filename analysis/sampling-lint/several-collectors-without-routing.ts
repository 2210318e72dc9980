import { number } from '../lib/text.ts';
import { effectOf } from './lib/effect.ts';
import { promisedTracesPerS } from './lib/estimate.ts';
import { isLoadBalancing } from './lib/pipelines.ts';
import type { LintRule, Remark } from './lib/rule.ts';

const YAML = [
  'exporters:',
  '  loadbalancing:',
  '    routing_key: traceID',
  '    protocol: { otlp: { tls: { insecure: true } } }',
  '    resolver: { dns: { hostname: collectors.internal } }',
].join('\n');

/** Several Collectors, each of which sees a part of a trace. Asked only when there are several (--collectors). */
const rule: LintRule = {
  id: 'several-collectors-without-routing',
  title: 'Several Collectors without routing by trace id',
  check({ pipelines, pipelinesLine, samplers, routingKeys }, expectations) {
    const { collectors } = expectations;
    if (collectors <= 1 || samplers.length === 0) return [];
    const routers = pipelines.flatMap(({ exporters }) => exporters).filter(isLoadBalancing);
    const remark = (line: number, what: string): Remark => ({
      severity: 'error',
      line,
      what,
      consequence: `The spans of a trace come to different Collectors, and each decides on its part: of a trace that comes in two exports, at most 1 in ${number(collectors)} is seen whole. The figures are for those.`,
      effect: effectOf('lost', promisedTracesPerS(expectations) * (1 - 1 / collectors), expectations),
      remedy:
        'Put Collectors in front that route by trace id; when there are such already, say --collectors 1 and the rate of one:',
      yaml: YAML,
    });
    if (routers.length === 0)
      return [
        remark(
          pipelinesLine,
          `${number(collectors)} Collectors share the traffic, and nothing routes spans by trace id`,
        ),
      ];
    return routers.flatMap(({ id, line }) => {
      const key = routingKeys.get(id) ?? 'traceID';
      return key === 'traceID' ? [] : [remark(line, `${id} routes by ${key}, not by trace id`)];
    });
  },
};

export default rule;
