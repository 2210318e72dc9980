import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../harness/evidence/database.ts';
import { checkRegex } from '../../../harness/evidence/sampler/regex.ts';
import { CannotPredict } from '../../../harness/evidence/sampler/settings.ts';
import { literal } from '../../../harness/evidence/tables.ts';

test.each([
  '',
  '^/api/(orders|products)/\\d+$',
  '(?i)error',
  '(?P<id>[a-z]+)-(?:x|y){2,3}?',
  '[]a-z^\\]\\d[:digit:]-]',
  '[^[:space:]\\-]*',
  '\\x41\\x{e9}\\pL\\p{Greek}\\.\\_',
  'a.c|é😀',
])('taken: %s', (pattern) => {
  expect(() => checkRegex(pattern)).not.toThrow();
});

test.each([
  '(?=x)',
  '(?!x)',
  '(?<name>x)',
  '(a)\\1',
  '(',
  ')',
  '*a',
  'a**',
  'a{3,2}',
  'a{1001}',
  '(a{40}){40}',
  'a{,2}',
  '[a',
  '[z-a]',
  '[\\d-z]',
  '[[:nothing:]]',
  '\\q',
  '\\Q.\\E',
  '\\C',
  '\\p{Nothing}',
  '\\',
  '(?P<a>x)(?P<a>y)',
])('refused: %s', (pattern) => {
  expect(() => checkRegex(pattern)).toThrow(CannotPredict);
});

const PIECES =
  'a b . ^ $ | ( ) (?: (?i) (?P<x> (?= * + ? {2} {2,} {,2} [ [^ ] - a-c [:alpha:] \\d \\b \\pL \\x41 \\. \\q é { }';

test('what is taken, the database takes', async () => {
  const database = await openDatabase(':memory:', tmpdir());
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...PIECES.split(' ')), { maxLength: 6 }), async (pieces) => {
        const pattern = pieces.join('');
        try {
          checkRegex(pattern);
        } catch {
          return;
        }
        await database.run(`SELECT regexp_matches('abc', ${literal(pattern)})`);
      }),
      { numRuns: 3000, seed: 1 },
    );
  } finally {
    database.close();
  }
});
