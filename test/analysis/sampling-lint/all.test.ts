import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintRules } from '../../../commands/lib/sampling/lint.ts';
import { check, SHIPPED } from './support.ts';

describe('each rule of analysis/sampling-lint', async () => {
  it.each(await lintRules.ids())(
    '%s has its id, a test, and nothing against the shipped file',
    async (id) => {
      const rule = await lintRules.get(id);
      expect(rule.id).toBe(id);
      expect(existsSync(join(import.meta.dirname, `${id}.test.ts`))).toBe(true);
      expect(check(rule, SHIPPED)).toEqual([]);
    },
  );
});
