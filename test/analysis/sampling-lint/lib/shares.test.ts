import { describe, expect, it } from 'vitest';
import { classesOf } from '../../../../analysis/sampling-lint/lib/classes.ts';
import { readConfiguration } from '../../../../analysis/sampling-lint/lib/configuration.ts';
import { kept } from '../../../../analysis/sampling-lint/lib/shares.ts';
import {
  drop,
  ERRORS,
  EXPECTED,
  HEALTH,
  negated,
  pathIs,
  promised,
  REST,
  SLOW,
  withPolicies,
} from '../support.ts';

/** [least, most] of each class of the shop's promises: /health, /ready, errors, slow, the rest. */
function shares(...policies: readonly string[]) {
  const read = readConfiguration(withPolicies(...policies));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const all = read.configuration.samplers[0]?.policies ?? [];
  return classesOf(EXPECTED).map((of) => {
    const { least, most } = kept(all, of, EXPECTED.longestMs);
    return least === most ? least : [least, most];
  });
}

const SOME = [0, 1];
const and = (...parts: readonly string[]) =>
  `{ name: both, type: and, and: { and_sub_policy: [${parts.join(', ')}] } }`;
const status = (codes: string) => ERRORS.replace('[ERROR]', codes);
const latency = (of: string) => `{ name: l, type: latency, latency: { ${of} } }`;
const count = (of: string) => `{ name: c, type: span_count, span_count: { ${of} } }`;

describe('what policies keep of each class', () => {
  it.each<[string, readonly string[], readonly (number | readonly number[])[]]>([
    ['the shipped ones', [HEALTH, ERRORS, SLOW, REST], [0, 0, 1, 1, 0.05]],
    ['none', [], [0, 0, 0, 0, 0]],
    ['always_sample', ['{ name: a, type: always_sample }'], [1, 1, 1, 1, 1]],
    ['errors', [ERRORS], [SOME, SOME, 1, 0, 0]],
    ['what has no error', [status('[UNSET]')], [SOME, SOME, SOME, 1, 1]],
    ['any status', [status('[UNSET, ERROR]')], [1, 1, 1, 1, 1]],
    ['slow traces', [SLOW], [SOME, SOME, SOME, 1, 0]],
    ['traces that are a little slow', [latency('threshold_ms: 500')], [SOME, SOME, SOME, 1, SOME]],
    [
      'traces up to a bound',
      [latency('threshold_ms: 1999, upper_threshold_ms: 9000')],
      [SOME, SOME, SOME, SOME, 0],
    ],
    ['all traces by latency', [latency('threshold_ms: -1')], [1, 1, 1, 1, 1]],
    ['a path', [pathIs('[/health]')], [1, 0, 0, 0, 0]],
    ['a path of the business', [pathIs('[/api/orders]')], [0, 0, SOME, SOME, SOME]],
    ['all but a path', [pathIs('[/health]', ', invert_match: true')], [0, 1, 1, 1, 1]],
    ['all but a path, by not', [negated(pathIs('[/health]'))], [0, 1, 1, 1, 1]],
    [
      'an attribute that nothing emits',
      [pathIs('[/health]').replace('url.path', 'http.target')],
      [0, 0, 0, 0, 0],
    ],
    ['both of two', [and(ERRORS, REST)], [[0, 0.05], [0, 0.05], 0.05, 0, 0]],
    ['a share but errors', [and(negated(ERRORS), REST)], [[0, 0.05], [0, 0.05], 0, 0.05, 0.05]],
    ['a drop of a share', ['{ name: a, type: always_sample }', drop(REST)], [0.95, 0.95, 0.95, 0.95, 0.95]],
    ['a drop of everything', ['{ name: a, type: always_sample }', drop()], [0, 0, 0, 0, 0]],
    ['any number of spans', [count('min_spans: 1')], [1, 1, 1, 1, 1]],
    ['some numbers of spans', [count('min_spans: 5')], [SOME, SOME, SOME, SOME, SOME]],
    ['a limited rate', ['{ name: r, type: rate_limiting }'], [SOME, SOME, SOME, SOME, SOME]],
  ])('%s', (_what, policies, expected) => {
    expect(shares(...policies)).toEqual(expected);
  });

  it('two shares are at least the larger, at most their sum', () => {
    const [, , , , rest] = shares(REST, REST.replace('rest', 'more').replace(': 5', ': 10'));
    expect(rest).toEqual([0.1, expect.closeTo(0.15, 12)]);
  });

  it('a threshold on the boundary loses a millisecond', () => {
    const [, , , slow] = shares(latency('threshold_ms: 2000'));
    expect(slow).toBeCloseTo(1 - 1 / 3000, 12);
  });
});

describe('classes', () => {
  it('have the shares of the estimate; of paths nobody knows', () => {
    expect(classesOf(EXPECTED).map(({ share }) => share)).toEqual([null, null, 0.005, 0.01, 0.985]);
  });

  it('take the first promise that applies', () => {
    const classes = classesOf(promised('slow:2000=100,slow:3000=50,slow:500=50,errors=100,any=1'));
    expect(
      classes.map(({ promise, fromMs, untilMs, hasError, share }) => [
        promise.id,
        fromMs,
        untilMs,
        hasError,
        share,
      ]),
    ).toEqual([
      ['slow-2000', 2000, Number.POSITIVE_INFINITY, undefined, 0.01],
      ['slow-500', 500, 2000, undefined, null],
      ['errors', 0, 500, true, 0.005],
      ['any', 0, 500, false, 0.985],
    ]);
  });
});
