import { wilson } from '../lib/wilson.ts';
import type { Agreement, MatrixCellResult } from './schema.ts';

/** How often the predictions came true, by build; what is unknown, or was not predicted, is left out. */
export function agreementOf(build: string, cells: readonly MatrixCellResult[]): Agreement {
  const pairs = cells
    .filter((cell) => cell.build === build)
    .flatMap(({ routes }) =>
      routes.flatMap(({ outcome, predicted }) =>
        predicted === null || outcome === 'unknown'
          ? []
          : [{ proved: outcome, predicted: predicted.outcome }],
      ),
    );
  const agreed = pairs.filter(({ proved, predicted }) => proved === predicted).length;
  const touchAgreed = pairs.filter(
    ({ proved, predicted }) => (proved === 'unaffected') === (predicted === 'unaffected'),
  ).length;
  return { build, compared: pairs.length, agreed, touchAgreed, ...wilson(agreed, pairs.length) };
}
