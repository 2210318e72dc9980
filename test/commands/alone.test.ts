import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alone } from '../../commands/lib/alone.ts';
import { UserError } from '../../harness/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-alone-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('alone', () => {
  it('refuses a second one, and lets the next in', async () => {
    const inner = await alone(folder, () =>
      alone(folder, async () => 'both').catch((error: unknown) => error),
    );
    expect(inner).toBeInstanceOf(UserError);
    expect(await alone(folder, async () => 'next')).toBe('next');
  });

  it('leaves nothing behind, also when it fails', async () => {
    await expect(alone(folder, () => Promise.reject(new Error('no space left')))).rejects.toThrow('no space');
    expect(readdirSync(folder)).toEqual([]);
  });
});
