import { percent } from '../../../../analysis/lib/text.ts';
import { number } from '../../../../reports/lib/text.ts';
import { markdownTable } from '../../markdown.ts';
import type { Prediction, Validation } from './schema.ts';

/** Markdown, so that it can be kept: a row a mitigation and phase. */
export function validationText({
  predictions,
  meanAbsoluteError,
  target,
  ratePerS,
  folder,
  doubts,
}: Validation): string {
  const head = [
    'with',
    'scenario',
    'phase',
    'orders',
    'p50 as is',
    'predicted',
    'measured',
    'error',
    'p95 as is',
    'predicted',
    'measured',
    'error',
  ];
  const rows = predictions.map((each) => [
    each.mitigations.join(' + '),
    each.scenario,
    each.phase,
    number(each.orders),
    ...cells(each.p50),
    ...cells(each.p95),
  ]);
  const { baseline, fault, all } = meanAbsoluteError;
  return [
    markdownTable(head, rows, `lll${'r'.repeat(head.length - 3)}`),
    '',
    `Mean absolute error, as a share of the time as it is: ${orUnknown(all)} (under the fault ${orUnknown(fault)}, before it ${orUnknown(baseline)}); the target is at most ${percent(target)}.`,
    `Orders as the entry service saw them, at ${number(ratePerS)} requests/s; times in ms. Runs: ${folder}`,
    ...(doubts.length === 0
      ? []
      : [
          `The machine was not free for ${doubts.length === 1 ? 'one of the runs' : `${doubts.length} of the runs`}, so a miss proves nothing:`,
          ...doubts.map(({ run, because }) => `- ${run}: ${because}`),
        ]),
    '',
  ].join('\n');
}

function cells({ asIsMs, predictedMs, measuredMs, errorShare }: Prediction['p50']): readonly string[] {
  return [ms(asIsMs), ms(predictedMs), ms(measuredMs), orUnknown(errorShare)];
}

function ms(value: number | null): string {
  return value === null ? '?' : number(value, value < 100 ? 1 : 0);
}

function orUnknown(share: number | null): string {
  return share === null ? '?' : percent(share, 1);
}
