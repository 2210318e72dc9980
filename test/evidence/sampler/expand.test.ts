import { describe, expect, test } from 'vitest';
import { readSampling } from '../../../harness/evidence/sampler/config.ts';
import { Expanded, expand, Unresolved } from '../../../harness/evidence/sampler/expand.ts';
import { substitute } from '../../../harness/evidence/sampler/substitute.ts';
import { configurationOf } from './predict.ts';

/** A variable as it stands in a Collector configuration. */
const variable = (inner: string) => `$\{${inner}}`;
const one = (text: string, environment: Record<string, string> = {}) => expand(text, { environment });

test('value, default, none, and types as in YAML', () => {
  const document = {
    a: variable('env:N:-5'),
    b: variable('env:N'),
    c: `${variable('N')}/x`,
    d: variable('env:NONE:-a:b'),
    e: '$$5',
    f: [variable('env:LIST')],
    g: `${variable('env:NONE')}x`,
    h: variable('env:NONE'),
    i: variable('yaml:[1, 2]'),
  };
  expect(substitute(document, { N: '7', LIST: '[1, 2]' })).toEqual({
    a: 7,
    b: 7,
    c: '7/x',
    d: 'a:b',
    e: '$5',
    f: [[1, 2]],
    g: 'x',
    h: null,
    i: [1, 2],
  });
});

test('the text of a value stays beside what it means', () => {
  expect(one(variable('N'), { N: '0123' })).toEqual(new Expanded(123, '0123'));
  expect(one(variable('N'), { N: 'true' })).toEqual(new Expanded(true, 'true'));
  expect(one(variable('NONE'))).toEqual(new Expanded(null, ''));
  // A text keeps its quotes, and what is no YAML is a text.
  expect(one(variable('N'), { N: '"x"' })).toBe('"x"');
  expect(one(variable('N'), { N: '[x' })).toBe('[x');
});

test('an empty value is a value, an empty default a text', () => {
  expect(one(variable('env:N:-5'), { N: '' })).toEqual(new Expanded(null, ''));
  expect(one(variable('env:NONE:-'))).toBe('');
});

test('values and names are expanded in turn', () => {
  expect(one(variable('A'), { A: `x${variable('env:B')}`, B: 'y' })).toBe('xy');
  expect(one(variable(`env:${variable('WHICH')}`), { WHICH: 'B', B: 'y' })).toBe('y');
});

test('a doubled dollar is none', () => {
  expect(one(`$${variable('A')}`, { A: 'x' })).toBe(variable('A'));
  expect(one(`$$${variable('A')}`, { A: 'x' })).toBe('$x');
  expect(one(`$A`, { A: 'x' })).toBe('$A');
});

describe('what is not known here', () => {
  test.each([
    [variable('file:x.yaml'), 'the provider file'],
    // Without `env:` there is no default: the name is taken for that of a provider.
    [variable('NAME:-5'), 'the provider NAME'],
    [variable('env:1A'), 'refuses the name'],
    [`a${variable('env:A:-$5')}`, 'refuses a `$`'],
  ])('%s', (text, why) => {
    const node = one(text);
    expect(node).toBeInstanceOf(Unresolved);
    expect(node).toMatchObject({ text, why: expect.stringContaining(why) });
  });
  test('a variable that contains itself', () => {
    expect(one(`x${variable('A')}`, { A: variable('A') })).toBeInstanceOf(Unresolved);
    expect(one(variable('A'), { A: `x${variable('A')}` })).toBeInstanceOf(Unresolved);
  });
  test('nobody recorded the environment: defaults, and the names that were guessed', () => {
    const guessed: string[] = [];
    const by = { environment: undefined, onGuess: (name: string) => guessed.push(name) };
    expect(expand(variable('env:A:-5'), by)).toEqual(new Expanded(5, '5'));
    expect(expand(variable('env:B'), by)).toBeInstanceOf(Unresolved);
    expect(guessed).toEqual(['A']);
  });
});

describe('in a configuration', () => {
  const share = (sampling_percentage: string, hash_salt: string) =>
    configurationOf([
      { name: 'share', type: 'probabilistic', probabilistic: { sampling_percentage, hash_salt } },
    ]);
  const text = share(variable('env:SHARE:-5'), variable('env:SALT:-x'));

  test('a text where one is wanted, else what it means', () => {
    const { policies, warnings } = readSampling(text, { SHARE: '12.5', SALT: '007' });
    expect(policies[0]?.condition).toEqual({ kind: 'probabilistic', percent: 12.5, salt: '007' });
    expect(warnings).toEqual([]);
  });
  test('an unset variable is its default, without a warning', () => {
    const { policies, warnings } = readSampling(text, {});
    expect(policies[0]?.condition).toMatchObject({ percent: 5, salt: 'x' });
    expect(warnings).toEqual([]);
  });
  test('an environment that was not recorded is warned of, and only if it matters', () => {
    const { policies, warnings } = readSampling(text);
    expect(policies[0]?.condition).toMatchObject({ percent: 5, salt: 'x' });
    expect(warnings).toEqual([
      expect.stringContaining('not recorded, so the defaults of SHARE, SALT are taken'),
    ]);
    const elsewhere = `${share('5', 'x').replace(`"5"`, '5')}\nexporters: { otlp: { endpoint: "${variable('env:E:-x')}" } }`;
    expect(readSampling(elsewhere).warnings).toEqual([]);
  });
  test('a variable without a default is then not predicted', () => {
    const { policies, warnings } = readSampling(share(variable('env:SHARE'), 'x'));
    expect(policies[0]?.condition.kind).toBe('unknown');
    expect(warnings).toEqual([
      expect.stringContaining(`${variable('env:SHARE')} is not known (the Collector's environment`),
    ]);
  });
  test('policies that come from a file are not predicted', () => {
    const { policies } = readSampling(configurationOf([], { policies: variable('file:p.yaml') }), {});
    expect(policies.map(({ condition }) => condition.kind)).toEqual(['unknown']);
  });
  test.each([
    ['that come from a file', variable('file:p.yaml'), 'the provider file'],
    ['that are no section', variable('env:TEXT'), 'is not a section'],
    ['that are a section', variable('env:SECTION'), undefined],
  ])('settings %s', (_, settings, why) => {
    const whole = configurationOf([]).replace(/\n {4}policies: \[\]/, ` ${settings}`);
    const environment = { TEXT: 'x', SECTION: '{ policies: [{ name: a, type: always_sample }] }' };
    const { policies, warnings } = readSampling(whole, environment);
    expect(policies.map(({ condition }) => condition.kind)).toEqual([
      why === undefined ? 'always' : 'unknown',
    ]);
    expect(warnings).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
  });
  test('a processor that is not there', () => {
    const { policies } = readSampling(configurationOf([]).replace('processors:', 'others:'), {});
    expect(policies.map(({ condition }) => condition.kind)).toEqual(['unknown']);
  });
});
