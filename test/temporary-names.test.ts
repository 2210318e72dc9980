import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { EVIDENCE_PREFIX, isTemporary, leasedFolder } from '../harness/temporary-names.ts';

it.each([
  [basename(leasedFolder('0123456789abcdef')), true],
  [`${EVIDENCE_PREFIX}4711-1`, true],
  // Those of tests and benches, which may run beside a run.
  ['chaoscope-test-abc123', false],
  ['chaoscope-bench-0123456789abcdef', false],
  ['another', false],
])('%s is a temporary folder of a run: %s', (name, is) => {
  expect(isTemporary(name)).toBe(is);
});
