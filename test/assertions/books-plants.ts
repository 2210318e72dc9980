/** Flaws that are planted in the books, and what must come of each. */
import { expect, it } from 'vitest';
import type { FlawKind } from '../../assertions/lib/flaws.ts';
import type { BoundAssertion, Finding } from '../../harness/contracts.ts';
import { type Tables, traceIdOf } from '../evidence/fixture.ts';
import { type Books, bookRun } from './books-fixture.ts';
import { judgeRun } from './judge-run.ts';

/** What an assertion finds in the books of a run, healthy but for what `mutate` changes. */
export function judgeBooks(assertion: BoundAssertion, mutate?: Plant['mutate']): Promise<Finding> {
  return judgeRun(assertion, bookRun(mutate));
}

/** The figures of the kinds of flaw that are not 0. */
export function flawsOf({ figures }: Finding, kinds: readonly FlawKind[]): Finding['figures'] {
  const ids = new Set(kinds.map(({ id }) => id));
  return Object.fromEntries(Object.entries(figures).filter(([id, value]) => ids.has(id) && value !== 0));
}

/** What the examples of a finding must be, sorted. */
export function traces(seqs: readonly number[]): string[] {
  return seqs.map(traceIdOf).sort();
}

/** One sabotage of the books: what it is, how it is done, which flaws it must give, and the seqs of the examples. */
export interface Plant {
  readonly what: string;
  mutate(books: Books, tables: Tables): void;
  readonly flaws: Readonly<Record<string, number>>;
  /** Seqs of the orders that must be the examples, all of them. */
  readonly examples: readonly number[];
}

/** A test for each plant: the assertion fails, with just its flaws and examples; and one that every kind of flaw is planted. */
export function testPlants(
  assertion: BoundAssertion,
  kinds: readonly FlawKind[],
  plants: readonly Plant[],
): void {
  it.each(plants.map((plant): [string, Plant] => [plant.what, plant]))(
    'fails on %s',
    async (_, { mutate, flaws, examples }) => {
      const finding = await judgeBooks(assertion, mutate);
      expect(flawsOf(finding, kinds)).toEqual(flaws);
      expect([...finding.examples].sort()).toEqual(traces(examples));
      expect(finding.verdict).toBe('fail');
    },
  );

  it('shows each way of failing', () => {
    const planted = new Set(plants.flatMap(({ flaws }) => Object.keys(flaws)));
    expect(kinds.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });
}

/** A test for each change of the books that must not matter: what it is, how it is done, and figures that it gives. */
export function testTolerated(
  assertion: BoundAssertion,
  kinds: readonly FlawKind[],
  changes: readonly [what: string, mutate: Plant['mutate'], figures?: Finding['figures']][],
): void {
  it.each(changes)('passes with %s', async (_, mutate, figures = {}) => {
    const finding = await judgeBooks(assertion, mutate);
    expect(flawsOf(finding, kinds)).toEqual({});
    expect(finding).toMatchObject({ verdict: 'pass', figures });
  });
}
