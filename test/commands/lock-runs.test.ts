import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockRuns } from '../../commands/lib/lock-runs.ts';
import { UserError } from '../../harness/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lockRuns', () => {
  it('refuses a second one, lets the next in, and leaves nothing behind', async () => {
    const first = await lockRuns(folder);
    await expect(lockRuns(folder)).rejects.toThrow(UserError);
    await first[Symbol.asyncDispose]();
    const next = await lockRuns(folder);
    await next[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
  });
});
