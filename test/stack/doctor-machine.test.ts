import { expect, it } from 'vitest';
import { judgeDisk, judgeIdle } from '../../harness/stack/doctor-machine.ts';

it.each([
  [{ loadPerCore: 0, idlePercent: 100 }, 'ok'],
  [{ loadPerCore: 0.5, idlePercent: 60 }, 'ok'],
  [{ loadPerCore: 0.51, idlePercent: 100 }, 'warning'],
  [{ loadPerCore: 0, idlePercent: 59.9 }, 'warning'],
])('a machine with %j is %s', (machine, status) => {
  const check = judgeIdle(machine);
  expect(check.status).toBe(status);
  expect(check.remedy === '').toBe(status === 'ok');
  expect(check.found).toContain(`${machine.loadPerCore.toFixed(2)}`);
});

it.each([
  [5, 'ok'],
  [4.9, 'warning'],
])('a disk with %d GiB free of 5 that are needed is %s', (freeGib, status) => {
  const check = judgeDisk({ name: 'x', folder: '/cache', freeGib, neededGib: 5, reason: 'it grows' });
  expect(check).toMatchObject({ status, found: `${freeGib.toFixed(1)} GiB free at /cache` });
  expect(check.remedy).toBe(status === 'ok' ? '' : 'Make room: it grows.');
});
