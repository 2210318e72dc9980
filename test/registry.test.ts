import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../harness/errors.ts';
import { Registry } from '../harness/registry.ts';

describe('Registry', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
    await writeFile(join(folder, 'second.ts'), 'export default 2;');
    await writeFile(join(folder, 'first.ts'), 'export default 1;');
    await writeFile(join(folder, 'notes.md'), 'not a thing');
    await writeFile(join(folder, 'hollow.ts'), 'export const other = 1;');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('knows a thing by the name of its file, with no list to edit', async () => {
    const registry = new Registry<number>(folder, 'number');
    expect(await registry.ids()).toEqual(['first', 'hollow', 'second']);
    expect(await registry.get('second')).toBe(2);
  });

  it('answers an unknown name with those that exist', async () => {
    const registry = new Registry<number>(folder, 'number');
    await expect(registry.get('third')).rejects.toThrow(UserError);
    await expect(registry.get('../first')).rejects.toThrow("'../first'. There are: first, hollow, second.");
  });

  it('refuses a file that exports no thing', async () => {
    await expect(new Registry(folder, 'number').get('hollow')).rejects.toThrow(/no default export/);
  });
});
