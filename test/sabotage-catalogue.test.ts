/** The catalogue of sabotages is whole: nothing that can fail has never been seen to fail. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../assertions/lib/loss.ts';
import { assertions, scenarios } from '../commands/lib/things.ts';
import type { Attempt } from './sabotage/attempt.ts';
import { entries } from './sabotage/catalogue.ts';
import { compare } from './sabotage/compare.ts';
import type { EvidenceSabotage, Outcome, RunSabotage } from './sabotage/contract.ts';
import { SIXTY_THOUSAND } from './sabotage/sixty-thousand.ts';
import { summary } from './sabotage/table.ts';

const all = await entries();
const sabotages = all.map(({ sabotage }) => sabotage);
const assertionIds = await assertions.ids();

describe('the catalogue', () => {
  it('has 40 entries and more, each breaking something of its own', () => {
    expect(all.length).toBeGreaterThanOrEqual(40);
    const titles = sabotages.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  // These say only whether a run is to be believed, and never fail.
  const worst = (id: string) => (['load-achieved', 'fault-took-hold'].includes(id) ? 'inconclusive' : 'fail');

  it.each(assertionIds.map((id) => [id, worst(id)]))('turns %s, which is %s then', (id, verdict) => {
    expect(sabotages.some(({ notPassed }) => notPassed[id] === verdict)).toBe(true);
  });

  it.each(STAGES)('has %s blamed', (stage) => {
    expect(sabotages.some(({ stages = [] }) => stages.includes(stage))).toBe(true);
  });

  it.each(all)('$id says what must come of it, of things that exist', async ({ sabotage }) => {
    const { notPassed, mayTurn = {}, refused } = sabotage;
    expect(assertionIds).toEqual(
      expect.arrayContaining([...Object.keys(notPassed), ...Object.keys(mayTurn)]),
    );
    expect(Object.keys(notPassed).length > 0).toBe(refused === undefined);
    const name = sabotage.level === 'run' ? sabotage.scenario : sabotage.material;
    expect([...(await scenarios.ids()), SIXTY_THOUSAND]).toContain(name);
  });

  it('lies in files that are named like ids', () => {
    const names = readdirSync(join(import.meta.dirname, 'sabotage', 'catalogue'));
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name))).toEqual([]);
  });
});

describe('the summary', () => {
  it('counts each sabotage once', () => {
    const attempts = (['caught', 'caught', 'missed', 'blamed wrongly'] as const).map(
      (status, index): Attempt => {
        const [entry] = all.filter(({ sabotage }) => sabotage.stages !== undefined).slice(index);
        if (!entry) throw new Error('the catalogue has too few entries that blame a stage');
        const outcome: Outcome = { folder: '', notPassed: {}, stages: [], named: new Set(), lost: new Set() };
        return { ...entry, outcome, status, problems: [], seconds: 1 };
      },
    );
    expect(summary(attempts)).toBe(
      '2 of 4 caught, 1 missed, 1 blamed wrongly; the right stage of a loss named in 2 of 4',
    );
  });
});

describe('what came of a sabotage', () => {
  const sabotage: EvidenceSabotage = {
    level: 'evidence',
    title: 'a sabotage',
    material: 'stripe-slow',
    edits: [],
    notPassed: { 'every-error-kept': 'fail' },
    mayTurn: { recovered: 'inconclusive' },
    stages: ['late-spans'],
  };
  const outcome: Outcome = {
    folder: '',
    notPassed: { 'every-error-kept': 'fail' },
    stages: ['late-spans'],
    named: new Set(['a']),
    lost: new Set(['a']),
  };

  it('is caught when just that turned, and may turn', () => {
    expect(compare(sabotage, outcome, ['a'])).toEqual({ status: 'caught', problems: [] });
    const more = { ...outcome, notPassed: { ...outcome.notPassed, recovered: 'inconclusive' } };
    expect(compare(sabotage, more).status).toBe('caught');
    const either = { ...sabotage, mayTurn: { recovered: ['fail', 'inconclusive'] as const } };
    expect(compare(either, more).status).toBe('caught');
    expect(compare({ ...sabotage, mayTurn: { recovered: 'fail' } }, more).status).toBe('blamed wrongly');
  });

  it('may be a run on a busy machine, but evidence that was not believed is blamed', () => {
    const notPassed = { ...outcome.notPassed, 'load-achieved': 'inconclusive' };
    const { material: _, edits: __, ...rest } = sabotage;
    const made: RunSabotage = { ...rest, level: 'run', scenario: 'stripe-slow', arguments: () => [] };
    expect(compare(made, { ...outcome, notPassed }).status).toBe('caught');
    expect(compare(sabotage, { ...outcome, notPassed }).status).toBe('blamed wrongly');
  });

  it.each([
    [{}, 'every-error-kept is pass, must be fail'],
    [{ 'every-error-kept': 'inconclusive' }, 'every-error-kept is inconclusive, must be fail'],
  ])('is missed when it turned %j', (notPassed, problem) => {
    expect(compare(sabotage, { ...outcome, notPassed })).toEqual({ status: 'missed', problems: [problem] });
  });

  it('is missed when nothing was judged', () => {
    const problems = ['nothing was judged: no such file'];
    expect(compare(sabotage, { ...outcome, refusal: 'no such file' })).toEqual({
      status: 'missed',
      problems,
    });
  });

  it.each<[string, Partial<Outcome>, string]>([
    [
      'something else turned',
      { notPassed: { ...outcome.notPassed, recovered: 'fail' } },
      'recovered is fail as well',
    ],
    [
      'another stage is blamed',
      { stages: ['unexplained'] },
      'blamed for losses: unexplained; must be: late-spans',
    ],
    ['no stage is blamed', { stages: [] }, 'blamed for losses: nothing; must be: late-spans'],
    ['the trace is not named', { named: new Set() }, 'no finding names a'],
    ['the trace is not listed', { lost: new Set() }, 'not among the lost: a'],
    ['the exit code says otherwise', { exitCode: 3 }, 'exit code 3, must be 1'],
    ['another trace is listed', { lost: new Set(['a', 'b']) }, 'lost as well: b'],
  ])('is blamed wrongly when %s', (_, change, problem) => {
    expect(compare(sabotage, { ...outcome, ...change }, ['a'])).toEqual({
      status: 'blamed wrongly',
      problems: [problem],
    });
  });

  it('is caught by a refusal that says what it must', () => {
    const { stages: _, ...rest } = sabotage;
    const refused = { ...rest, notPassed: {}, refused: /cannot be read/ };
    const none: Outcome = { ...outcome, notPassed: {}, stages: [], named: new Set(), lost: new Set() };
    expect(compare(refused, { ...none, refusal: 'x cannot be read' }).status).toBe('caught');
    expect(compare(refused, { ...none, refusal: 'out of memory' }).status).toBe('missed');
    expect(compare(refused, none).problems).toEqual(['it was judged and not refused']);
  });
});
