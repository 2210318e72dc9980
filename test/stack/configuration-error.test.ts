import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { configurationError, configurationRefusal } from '../../harness/stack/configuration-error.ts';
import { PartError } from '../../harness/stack/part-error.ts';

/** As the Collector writes it: the error, its causes, and all of it again in the log. */
const UNKNOWN = `2026-11-25T09:41:38.468Z	info	service@v0.161.0/service.go:294	Starting…	{}
Error: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):

'processors' error reading configuration for "tail_sampling": decoding failed due to the following error(s):

'tailsamplingprocessor.Config' has invalid keys: decision_waitt
2026/11/25 09:41:38 collector: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):

'processors' error reading configuration for "tail_sampling": decoding failed due to the following error(s):

'tailsamplingprocessor.Config' has invalid keys: decision_waitt
`;

it('a refusal holds the causes, once, and names program and file', () => {
  const refusal = configurationRefusal('the Collector', '--collector-config mine.yaml', UNKNOWN);
  expect(refusal).toBeInstanceOf(UserError);
  expect(refusal?.message).toBe(
    [
      'the Collector does not run with its configuration (--collector-config mine.yaml):',
      '  Error: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):',
      `  'processors' error reading configuration for "tail_sampling": decoding failed due to the following error(s):`,
      "  'tailsamplingprocessor.Config' has invalid keys: decision_waitt",
    ].join('\n'),
  );
});

it.each([
  ['ends after the error', "Error: x\n'a' is wrong", "  Error: x\n  'a' is wrong"],
  ['is one line', 'Error: x', '  Error: x'],
  ['holds an earlier attempt', 'Error: old\nwhy\n2026/11/25 09:41:38 y\nError: new\n', '  Error: new'],
])('also where the output %s', (_what, output, words) => {
  expect(configurationRefusal('Jaeger', 'j.yaml', output)?.message).toBe(
    `Jaeger does not run with its configuration (j.yaml):\n${words}`,
  );
});

it('output without such words is no refusal', () => {
  expect(configurationRefusal('Jaeger', 'j.yaml', 'starting\nan Error: in the middle')).toBeUndefined();
});

it('a part that was refused its configuration is an error of the user, one that was killed is not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaoscope-fixture-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logFile = join(folder, 'jaeger.log');
  const died = () => new PartError({ name: 'jaeger', kind: 'archive', logFile }, 'ended (signal SIGKILL)');
  writeFileSync(logFile, 'starting\n');
  const killed = died();
  expect(configurationError('Jaeger', 'j.yaml', killed)).toBe(killed);
  writeFileSync(logFile, UNKNOWN);
  expect(configurationError('Jaeger', 'j.yaml', died())).toBeInstanceOf(UserError);
  const other = new Error('Error: x');
  expect(configurationError('Jaeger', 'j.yaml', other)).toBe(other);
});
