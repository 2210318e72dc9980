import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../../harness/errors.ts';
import {
  ENVIRONMENT_FILE,
  environmentRecord,
  readEnvironment,
} from '../../../harness/evidence/sampler/environment.ts';
import { readRunSampling } from '../../../harness/evidence/sampler/run-sampling.ts';
import { checkRecording } from '../../../harness/stack/collector.ts';
import { configurationOf } from './predict.ts';

const variable = (inner: string) => `$\{${inner}}`;
const CONFIGURATION = `${configurationOf([
  {
    name: 'share',
    type: 'probabilistic',
    probabilistic: { sampling_percentage: variable('env:SHARE:-5'), hash_salt: variable('SALT') },
  },
])}
exporters: { otlp: { headers: { key: "${variable('env:SECRET')}" } } }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-environment-'));
  mkdirSync(join(folder, 'configuration'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string) => writeFileSync(join(folder, 'configuration', name), text);
const conditionOf = () => readRunSampling(folder).policies[0]?.condition;

test('records what a prediction needs, also by way of other variables, and no secrets', () => {
  const environment = { SALT: `x${variable('env:MORE')}`, MORE: 'y', SECRET: 'z', PATH: '/bin' };
  expect(JSON.parse(environmentRecord(CONFIGURATION, environment))).toEqual({
    schema: 1,
    variables: { SALT: `x${variable('env:MORE')}`, MORE: 'y', SHARE: null },
  });
  expect(JSON.parse(environmentRecord('[not yaml', environment))).toEqual({ schema: 1, variables: {} });
});

test('a run is judged by the environment of its Collector', () => {
  put('collector.yaml', CONFIGURATION);
  put(ENVIRONMENT_FILE, environmentRecord(CONFIGURATION, { SHARE: '40', SALT: '007' }));
  expect(conditionOf()).toEqual({ kind: 'probabilistic', percent: 40, salt: '007' });
  expect(readRunSampling(folder).warnings).toEqual([]);
  put(ENVIRONMENT_FILE, environmentRecord(CONFIGURATION, {}));
  expect(conditionOf()).toEqual({ kind: 'probabilistic', percent: 5, salt: 'default-hash-seed' });
});

test('without a record the defaults are taken, with a warning', () => {
  put('collector.yaml', CONFIGURATION.replace(variable('SALT'), 'x'));
  expect(conditionOf()).toMatchObject({ percent: 5 });
  expect(readRunSampling(folder).warnings).toEqual([expect.stringContaining('defaults of SHARE are taken')]);
});

test('a record that is something else is an error of the user', () => {
  put(ENVIRONMENT_FILE, '{"schema":2}');
  expect(() => readEnvironment(join(folder, 'configuration', ENVIRONMENT_FILE))).toThrow(UserError);
  put(ENVIRONMENT_FILE, '{');
  expect(() => readEnvironment(join(folder, 'configuration', ENVIRONMENT_FILE))).toThrow(
    /Remove it to judge/,
  );
  expect(() => readRunSampling(folder)).toThrow(/collector.yaml is missing/);
});

test('the stack leaves the record in the folder of the run', async () => {
  put('collector.yaml', CONFIGURATION.replace(variable('SALT'), variable('env:CHAOSCOPE_COLLECTOR_HEALTH')));
  const recordingFile = join(folder, 'recording');
  writeFileSync(recordingFile, '');
  await checkRecording({
    program: '',
    configuration: join(folder, 'configuration', 'collector.yaml'),
    configurationName: 'collector.yaml',
    ports: { otlpHttp: 1, metrics: 2, health: 3 },
    jaegerOtlpPort: 4,
    recordingFile,
    folder,
    logFile: '',
  });
  expect(conditionOf()).toEqual({ kind: 'probabilistic', percent: 5, salt: '127.0.0.1:3' });
});
