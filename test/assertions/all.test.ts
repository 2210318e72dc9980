import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Assertion } from '../../harness/contracts.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'assertions');
const entries = await readdir(FOLDER, { withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
const tests = await readdir(import.meta.dirname);

describe.each(files)('assertions/%s', (file) => {
  const id = file.replace(/\.ts$/, '');

  it('exports an assertion of its name', async () => {
    const { default: assertion }: { default: Assertion } = await import(join(FOLDER, file));
    expect(assertion.id).toBe(id);
    expect(assertion.promise).toMatch(/^[A-Z].*\.$/s);
    expect(assertion.title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('has a test that shows how it fails', () => {
    expect(tests).toContain(`${id}.test.ts`);
  });
});
