import { describe, expect, it } from 'vitest';
import { resultJsonSchema, resultSchema } from '../harness/result-schema.ts';
import { ALL, fixed, result } from './judge-fixture.ts';

describe('the schema of result.json', () => {
  it('accepts a result as it is written and read', async () => {
    const judged = await result(ALL);
    expect(resultSchema.parse(JSON.parse(JSON.stringify(judged)))).toEqual(
      JSON.parse(JSON.stringify(judged)),
    );
  });

  it.each([
    ['an unknown verdict', { verdict: 'maybe' }],
    ['an unknown key', { extra: 1 }],
    ['a usage exit code', { exitCode: 2 }],
    ['a missing reason', { because: '' }],
    ['a doubt on no source', { doubts: [{ source: 'rumour', what: 'x' }] }],
  ])('rejects %s', async (_, change) => {
    const judged = await result([fixed('a', 'pass')]);
    expect(resultSchema.safeParse({ ...judged, ...change }).success).toBe(false);
  });

  it('is published as JSON Schema', () => {
    expect(resultJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: expect.arrayContaining([
        'verdict',
        'exitCode',
        'requests',
        'assertions',
        'fate',
        'lost',
        'doubts',
        'notes',
      ]),
      additionalProperties: false,
    });
  });
});
