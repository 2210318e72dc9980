import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintFile, lintLines } from '../../commands/lib/sampling/lint.ts';
import { samplingText } from '../../commands/lib/sampling/lint-text.ts';
import decisionWaitTooShort from '../../scenarios/decision-wait-too-short.ts';
import stripeSlow from '../../scenarios/stripe-slow.ts';
import { EXERCISE, EXPECTED, replaced, SHIPPED } from '../analysis/sampling-lint/support.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'test', 'analysis', 'sampling-lint', 'fixtures');
const golden = (name: string) => join(import.meta.dirname, 'golden', name);

const chaoscope = (cwd: string, ...args: readonly string[]) =>
  execa(process.execPath, [join(ROOT, 'cli.ts'), 'sampling', 'lint', ...args], {
    cwd,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });

let folder: string;
const write = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-lint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('chaoscope sampling lint', { timeout: 30_000 }, () => {
  it("says what the exercise's own configuration does", async () => {
    const { stdout, stderr, exitCode } = await chaoscope(FIXTURES, 'exercise.yaml');
    await expect(stdout).toMatchFileSnapshot(golden('sampling-exercise.txt'));
    expect([stderr, exitCode]).toEqual(['', 1]);
  });

  it('has nothing against the shipped configuration', async () => {
    const { stdout, exitCode } = await chaoscope(ROOT, 'config/collector.yaml');
    await expect(stdout).toMatchFileSnapshot(golden('sampling-shipped.txt'));
    expect(exitCode).toBe(0);
  });

  it('prints JSON that says the same', async () => {
    const { stdout, exitCode } = await chaoscope(FIXTURES, 'exercise.yaml', '--json');
    const result: unknown = JSON.parse(stdout);
    const direct = await lintFile(join(FIXTURES, 'exercise.yaml'), EXPECTED);
    expect(result).toMatchObject({
      schema: 1,
      file: 'exercise.yaml',
      estimate: { promised: { tracesPerS: 64.25 }, kept: { most: { tracesPerS: 1000 } } },
      findings: JSON.parse(JSON.stringify(direct.findings)),
    });
    expect(exitCode).toBe(1);
  });

  it('takes promises, traffic and variables', async () => {
    const path = await write(
      'variable.yaml',
      replaced(SHIPPED, 'num_traces: 50000', `num_traces: $\{env:TRACES}`),
    );
    const options =
      '--promise path:/health=0 --promise path:/ready=0,errors=100,slow:1999=100,any=5 --rate 2000 --errors 2%';
    const { stdout, exitCode } = await chaoscope(
      folder,
      path,
      ...options.split(' '),
      ...'--slow 3% --bytes 5000 --price 0.1 --longest 4000 --collectors 2 --env TRACES=15000 --json'.split(
        ' ',
      ),
    );
    const result = JSON.parse(stdout);
    expect(result.expectations).toMatchObject({
      ratePerS: 2000,
      errorShare: 0.02,
      slowShare: 0.03,
      bytesPerTrace: 5000,
      pricePerGb: 0.1,
      longestMs: 4000,
      collectors: 2,
    });
    expect(result.findings.map(({ rule }: { rule: string }) => rule).sort()).toEqual([
      'num-traces-too-small',
      'several-collectors-without-routing',
      'threshold-at-the-boundary',
    ]);
    expect(exitCode).toBe(1);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no file', ['none.yaml'], /none\.yaml is no readable file/],
    ['a folder', ['.'], /\. is no readable file/],
    ['no YAML', ['no.yaml'], /no\.yaml:1: not readable as YAML/],
    ['no Collector configuration', ['empty.yaml'], /empty\.yaml:1: there is no pipeline of traces/],
    [
      'a promise of nothing',
      ['ok.yaml', '--promise', 'fast=1,any=5'],
      /'fast=1' is unknown\nAllowed: errors=100/,
    ],
    [
      'a promise without a share',
      ['ok.yaml', '--promise', 'errors,any=5'],
      /'errors' is no CONDITION=PERCENT/,
    ],
    ['a share above all', ['ok.yaml', '--promise', 'errors=101,any=5'], /0 to 100 per cent/],
    ['no promise for the rest', ['ok.yaml', '--promise', 'errors=100'], /the last one must be any=PERCENT/],
    [
      'a promise behind the last',
      ['ok.yaml', '--promise', 'any=5,errors=100'],
      /what follows it never applies/,
    ],
    ['a promise twice', ['ok.yaml', '--promise', 'errors=1,errors=2,any=5'], /'errors' twice/],
    ['a share without a sign', ['ok.yaml', '--errors', '0.5'], /Allowed: a percentage from 0% to 100%/],
    ['shares of more than all', ['ok.yaml', '--errors', '60%', '--slow', '60%'], /more than 100 %/],
    ['a price that is none', ['ok.yaml', '--price', 'much'], /Allowed: a number such as 0\.50/],
    ['a variable that is none', ['ok.yaml', '--env', 'A'], /--env 'A': allowed is NAME=VALUE/],
  ])('refuses %s', async (_what, args, message) => {
    await Promise.all([write('no.yaml', 'a: ['), write('empty.yaml', ''), write('ok.yaml', SHIPPED)]);
    const { stdout, stderr, exitCode } = await chaoscope(folder, ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });
});

describe('the remedies', () => {
  it("leave nothing to say of the exercise's configuration but what is missing to judge it", async () => {
    const { findings } = await lintFile(join(FIXTURES, 'exercise.yaml'), EXPECTED);
    const yamlOf = (rule: string) => findings.find((each) => each.rule === rule)?.yaml ?? '';
    const indented = (yaml: string, by: number) => yaml.replaceAll(/^/gm, ' '.repeat(by));
    let text = replaced(EXERCISE, 'threshold_ms: 2000', yamlOf('threshold-at-the-boundary'));
    text = replaced(text, / {6}- name: no-health-checks\n[\s\S]*?invert_match: true/, '');
    text = replaced(text, 'policies:\n', `policies:\n${indented(yamlOf('invert-match-trap'), 6)}\n`);
    text = replaced(text, 'processors:\n', `processors:\n${indented(yamlOf('memory-limit-too-small'), 2)}\n`);
    text = replaced(text, '[tail_sampling, batch]', '[memory_limiter, tail_sampling, batch]');
    const after = await lintFile(await write('mended.yaml', text), EXPECTED);
    expect(after.findings.map(({ rule }) => rule)).toEqual(['no-flight-recorder']);
    expect(after.estimate.kept).toEqual({ least: after.estimate.promised, most: after.estimate.promised });
  });
});

describe('the lines at the start of a run', () => {
  const scenario = (rate: number) => ({ ...stripeSlow, load: { ...stripeSlow.load, rate } });

  it('are none for the shipped configuration', async () => {
    expect(await lintLines(join(ROOT, 'config', 'collector.yaml'), scenario(1000))).toEqual([]);
  });

  it('are errors and warnings, and where to read more', async () => {
    const lines = await lintLines(join(ROOT, 'config', 'collector.yaml'), scenario(3000));
    expect(lines).toEqual([
      expect.stringMatching(
        /^sampling lint: warning: .*collector\.yaml:\d+: num_traces is 50,000, .* \(num-traces-too-small\)$/,
      ),
      expect.stringMatching(/chaoscope sampling lint .*collector\.yaml --rate 3000$/),
    ]);
  });

  it('know how long a request waits for a fault of the scenario', async () => {
    const lines = await lintLines(join(ROOT, 'config', 'collector.yaml'), decisionWaitTooShort);
    expect(lines[0]).toMatch(
      /decision_wait is 10 s, though a trace may take 12 s.*\(decision-wait-too-short\)$/,
    );
  });

  it('know the variables that a run sets', async () => {
    const text = await readFile(join(ROOT, 'config', 'collector.yaml'), 'utf8');
    const path = await write(
      'without-defaults.yaml',
      text.replace(/(\$\{env:CHAOSCOPE_\w+):-[^}]*\}/g, '$1}'),
    );
    expect(await lintLines(path, scenario(1000))).toEqual([]);
  });

  it('never stop a run', async () => {
    expect(await lintLines(join(folder, 'none.yaml'), scenario(1000))).toEqual([
      expect.stringMatching(/^sampling lint: not possible: /),
    ]);
  });
});

describe('the text', () => {
  it('keeps within its width but for YAML, and steers no terminal', async () => {
    const path = await write('odd.yaml', replaced(EXERCISE, 'name: baseline', 'name: "\\u001b[31mred"'));
    const result = await lintFile(path, EXPECTED);
    const lines = samplingText({ ...result, file: 'odd.yaml' }, 60).split('\n');
    expect(lines.filter((line) => line.length > 60 && !line.startsWith('       '))).toEqual([
      expect.stringMatching(/^promised /),
      expect.stringMatching(/^kept /),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });
});
