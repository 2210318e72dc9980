import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesSince, evidenceChecksums } from '../harness/evidence/checksums.ts';
import { configurationNames, howOf, readGit, readVersion } from '../harness/provenance.ts';
import { howSchema } from '../harness/result-schema.ts';
import manifest from '../package.json' with { type: 'json' };
import { runRecord } from './evidence/fixture/run.ts';
import { HOW } from './reports/results.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('the version is that of the package', () => {
  expect(readVersion()).toBe(manifest.version);
});

describe('the checkout', () => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@y', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

  it('is none without a .git of its own', async () => {
    expect(await readGit(folder)).toBeNull();
    git('init');
    await mkdir(join(folder, 'below'));
    expect(await readGit(join(folder, 'below'))).toBeNull();
  });

  it('is none when it has no revision yet, or is broken', async () => {
    git('init');
    expect(await readGit(folder)).toBeNull();
  });

  it('has its revision, and is dirty with a change or a new file', async () => {
    git('init');
    await writeFile(join(folder, 'a'), '1');
    git('add', '.');
    git('commit', '-m', 'first');
    const revision = git('rev-parse', 'HEAD');
    expect(await readGit(folder)).toEqual({ revision, isDirty: false });
    await writeFile(join(folder, 'a'), '2');
    expect(await readGit(folder)).toEqual({ revision, isDirty: true });
    git('checkout', 'a');
    await writeFile(join(folder, 'b'), '');
    expect(await readGit(folder)).toEqual({ revision, isDirty: true });
  });
});

describe('how a run was made', () => {
  const copies = () => ({
    collectorConfig: join(folder, 'collector.yaml'),
    jaegerConfig: join(folder, 'jaeger.yaml'),
  });
  beforeEach(async () => {
    await writeFile(copies().collectorConfig, 'collector');
    await writeFile(copies().jaegerConfig, 'jaeger');
  });

  it('by default: shipped configurations, with the checksums of the copies', async () => {
    const how = await howOf({ environment: {} }, true, copies());
    expect(howSchema.parse(how)).toEqual(how);
    expect(how).toMatchObject({
      faultsApplied: true,
      environment: {},
      configurations: {
        collector: { file: 'shipped', sha256: sha256('collector') },
        jaeger: { file: 'shipped', sha256: sha256('jaeger') },
      },
      machine: { node: process.version, kernel: expect.stringMatching(/^\S+ \S+/) },
    });
    expect(how.machine.cores).toBeGreaterThan(0);
  });

  it('with what the user gave, as given', async () => {
    const environment = { 'payment-service': { A: '1' } };
    const given = { environment, collectorConfig: '../mine.yaml', jaegerConfig: 'j.yaml' };
    expect(await howOf(given, false, copies())).toMatchObject({
      faultsApplied: false,
      environment,
      configurations: { collector: { file: '../mine.yaml' }, jaeger: { file: 'j.yaml' } },
    });
  });

  it('names a configuration by its option where it was given', () => {
    expect(configurationNames({ environment: {}, jaegerConfig: 'j.yaml' }, copies())).toEqual({
      collector: copies().collectorConfig,
      jaeger: '--jaeger-config j.yaml',
    });
  });
});

describe('what was changed since the run', () => {
  const run = async () => {
    const configurations = {
      collector: { file: 'shipped', sha256: sha256('collector') },
      jaeger: { file: 'shipped', sha256: sha256('jaeger') },
    };
    return { ...runRecord(1), how: { ...HOW, configurations }, evidence: await evidenceChecksums(folder) };
  };
  beforeEach(async () => {
    for (const part of ['evidence', 'configuration']) await mkdir(join(folder, part));
    await writeFile(join(folder, 'configuration', 'collector.yaml'), 'collector');
    await writeFile(join(folder, 'configuration', 'jaeger.yaml'), 'jaeger');
    await writeFile(join(folder, 'evidence', 'ledger.parquet'), 'ledger');
    await writeFile(join(folder, 'evidence', 'archive.parquet'), 'archive');
    await writeFile(join(folder, 'evidence', '.tmp-1-1'), 'not evidence');
  });

  it('is nothing when nothing was', async () => {
    const record = await run();
    expect(record.evidence).toEqual({
      'archive.parquet': sha256('archive'),
      'ledger.parquet': sha256('ledger'),
    });
    expect(await changesSince(folder, record)).toEqual({ doubts: [], notes: [] });
  });

  it('is told file by file', async () => {
    const record = await run();
    await writeFile(join(folder, 'evidence', 'ledger.parquet'), 'Ledger');
    await rm(join(folder, 'evidence', 'archive.parquet'));
    await writeFile(join(folder, 'evidence', 'books_x.parquet'), '');
    await writeFile(join(folder, 'configuration', 'jaeger.yaml'), 'other');
    expect(await changesSince(folder, record)).toEqual({
      doubts: [
        { source: 'archive', what: 'evidence/archive.parquet is gone since the run' },
        { source: 'ledger', what: 'evidence/ledger.parquet was changed since the run' },
        { source: 'archive', what: 'configuration/jaeger.yaml was changed since the run' },
      ],
      notes: ['evidence/books_x.parquet was added since the run'],
    });
  });

  it('is not known of a run that has no checksums', async () => {
    const { evidence: _evidence, how: _how, ...old } = await run();
    await writeFile(join(folder, 'evidence', 'ledger.parquet'), 'Ledger');
    expect(await changesSince(folder, old)).toEqual({ doubts: [], notes: [] });
  });
});
