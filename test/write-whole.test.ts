import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWhole } from '../harness/write-whole.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a reader finds the old text or the new one, never a part', async () => {
  const file = join(folder, 'run.json');
  const length = 20_000_000;
  await writeWhole(file, 'a'.repeat(length));
  let isWriting = true;
  const writing = writeWhole(file, 'b'.repeat(length)).finally(() => {
    isWriting = false;
  });
  const seen = new Set<string>();
  while (isWriting) {
    const text = await readFile(file, 'utf8');
    seen.add(`${text.length} ${text[0]} ${text.at(-1)}`);
  }
  await writing;
  expect([...seen].filter((each) => each !== `${length} a a` && each !== `${length} b b`)).toEqual([]);
  expect(seen.size).toBeGreaterThan(0);
  expect(readFileSync(file, 'utf8').startsWith('b')).toBe(true);
  expect(readdirSync(folder)).toEqual(['run.json']);
});

it('says when it cannot, and makes nothing', async () => {
  await expect(writeWhole(join(folder, 'none', 'run.json'), '{}')).rejects.toThrow('ENOENT');
  expect(readdirSync(folder)).toEqual([]);
});
