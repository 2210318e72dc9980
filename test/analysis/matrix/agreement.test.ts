import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../../analysis/matrix/agreement.ts';
import { blastRadius, type Outcome } from '../../../analysis/matrix/outcome.ts';
import type { MatrixCellResult } from '../../../analysis/matrix/schema.ts';

function cell(build: string, ...routes: readonly (readonly [Outcome, Outcome | null])[]): MatrixCellResult {
  return {
    build,
    edge: 'a-to-b',
    fault: 'down',
    title: 'down',
    run: 'run',
    died: null,
    held: true,
    suspects: { recording: null, archive: null },
    blastRadius: { hit: 0, known: 0, routes: 0 },
    routes: routes.map(([outcome, predicted], index) => ({
      route: `r${index}`,
      outcome,
      goodputRatio: null,
      because: '',
      predicted: predicted === null || predicted === 'unknown' ? null : { outcome: predicted, because: '' },
    })),
  };
}

describe('agreementOf', () => {
  it('compares what is known with what was predicted, for one build', () => {
    const cells = [
      cell('a', ['failed', 'failed'], ['unaffected', 'unaffected'], ['degraded', 'failed']),
      cell('a', ['unaffected', 'degraded'], ['unknown', 'failed'], ['failed', null]),
      cell('b', ['failed', 'unaffected']),
    ];
    expect(agreementOf('a', cells)).toMatchObject({ build: 'a', compared: 4, agreed: 2, touchAgreed: 3 });
    expect(agreementOf('b', cells)).toMatchObject({ compared: 1, agreed: 0, touchAgreed: 0 });
  });

  it('agrees in nothing when nothing can be compared', () => {
    expect(agreementOf('a', [])).toEqual({
      build: 'a',
      compared: 0,
      agreed: 0,
      touchAgreed: 0,
      low: 0,
      high: 1,
    });
  });
});

describe('blastRadius', () => {
  it('counts the routes that are known to be hit', () => {
    const of = (...outcomes: Outcome[]) => blastRadius(outcomes.map((outcome) => ({ outcome })));
    expect(of('failed', 'degraded', 'unaffected', 'unknown')).toEqual({ hit: 2, known: 3, routes: 4 });
    expect(of('unknown')).toEqual({ hit: 0, known: 0, routes: 1 });
    expect(of()).toEqual({ hit: 0, known: 0, routes: 0 });
  });
});
