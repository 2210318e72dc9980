import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import { IMPORT_TABLE, type Import, importProblems } from './import-table.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = Object.keys(IMPORT_TABLE);

async function projectImports(): Promise<readonly Import[]> {
  const result = await cruise([...FOLDERS, 'cli.ts'], {
    baseDir: ROOT,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    ruleSet: { forbidden: [{ name: 'cycle', severity: 'error', from: {}, to: { circular: true } }] },
  });
  const { modules } = result.output as ICruiseResult;
  return modules.flatMap((module) =>
    module.dependencies
      .filter(({ resolved, couldNotResolve }) => !couldNotResolve && resolved.endsWith('.ts'))
      .filter(({ resolved }) => !resolved.includes('node_modules'))
      .map(({ resolved, circular, dependencyTypes }) => ({
        from: module.source,
        to: resolved,
        typeOnly: dependencyTypes.includes('type-only'),
        circular: circular ?? false,
      })),
  );
}

describe('the import table', () => {
  it('holds for every file', { timeout: 60_000 }, async () => {
    const imports = await projectImports();
    // A tool that reads no TypeScript any more would find nothing wrong: it must have seen the known edges.
    expect(imports).toContainEqual({
      from: 'scenarios/lib/shop.ts',
      to: 'services/system.ts',
      typeOnly: false,
      circular: false,
    });
    expect(importProblems(imports)).toEqual([]);
  });

  it('names only folders that exist, and every folder of code', async () => {
    expect(FOLDERS.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
    const entries = await readdir(ROOT, { withFileTypes: true });
    const withoutCode = ['node_modules', 'runs', 'config', 'tools', 'docs', 'coverage'];
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    expect(
      folders
        .map(({ name }) => name)
        .filter((name) => !FOLDERS.includes(name) && !withoutCode.includes(name)),
    ).toEqual([]);
  });

  const planted = { typeOnly: false, circular: false };
  it.each([
    ['a service that knows the harness', 'services/order.ts', 'harness/conduct.ts'],
    ['a service that takes types of the contracts', 'services/order.ts', 'harness/contracts.ts', true],
    ['an assertion that knows the harness', 'assertions/x.ts', 'harness/judge.ts'],
    ['contracts imported for their values', 'assertions/x.ts', 'harness/contracts.ts'],
    ['a report that knows an assertion', 'reports/json.ts', 'assertions/x.ts'],
    ['the harness that knows a scenario', 'harness/conduct.ts', 'scenarios/stripe-slow.ts'],
    ['a folder that the table does not know', 'helpers/x.ts', 'harness/clock.ts'],
  ])('refuses %s', (_what, from, to, typeOnly = false) => {
    expect(importProblems([{ ...planted, from, to, typeOnly }])).toEqual([`${from} must not import ${to}`]);
  });

  it('refuses a cycle', () => {
    const cycle = { from: 'harness/a.ts', to: 'harness/b.ts', typeOnly: false, circular: true };
    expect(importProblems([cycle])).toEqual(['harness/a.ts and harness/b.ts import each other in a cycle']);
  });
});
