import { expect, it } from 'vitest';
import { resultSchema } from '../../harness/result-schema.ts';
import json from '../../reports/json.ts';
import { BROKEN, FAILED, PASSED } from './results.ts';

it.each([FAILED, PASSED, BROKEN])(
  'writes a result that is read back as it was, and keeps to the schema',
  (result) => {
    const text = json.render(result, { color: false, width: 80 });
    expect(JSON.parse(text)).toEqual(result);
    expect(resultSchema.parse(JSON.parse(text))).toEqual(result);
    expect(text.endsWith('}\n')).toBe(true);
  },
);
