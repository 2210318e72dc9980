import { expect, test } from 'vitest';
import { Cleanup } from '../harness/cleanup.ts';
import type { Fault, LoadDriver, Phase, Scenario, Segment } from '../harness/contracts.ts';
import { segments } from '../harness/load/plan.ts';
import { measuredSeconds, phaseAt } from '../harness/phases.ts';
import { type LoadOutcome, phaseOf, sendLoad } from '../harness/send-load.ts';
import { MemoryProxy } from './faults/memory-proxy.ts';

const EDGE = 'payment-to-stripe';

/** In force as long as it is applied, unless `behaviour` says otherwise. */
function faultOf(behaviour: Partial<Fault> = {}): Fault {
  let isInForce = false;
  return {
    id: 'silence',
    title: 'silence',
    parameters: {},
    apply: async () => {
      isInForce = true;
    },
    revert: async () => {
      isInForce = false;
    },
    inForce: async () => isInForce,
    proof: () => Promise.reject(new Error('not asked for')),
    ...behaviour,
  };
}

function scenarioOf(faults: readonly Fault[], blocks = 1): Scenario {
  return {
    title: 'A short one',
    hypothesis: '',
    system: {
      name: 'tiny',
      services: {},
      edges: [],
      entry: 'front',
      traffic: [{ id: 'read', weight: 1, request: () => ({ method: 'GET', path: '/' }) }],
      promises: [],
      books: [],
    },
    load: { rate: 100, timeoutMs: 1000 },
    phases: { warmupS: 0, baselineS: 0.1, faultS: 0.2, recoveryS: 0.1, blocks },
    faults: faults.map((fault) => ({ on: EDGE, fault })),
    assertions: [],
  };
}

/** Begins at once, ends with its segment. */
const driver: LoadDriver = {
  id: 'none',
  run: async ({ onStart }) => onStart(Date.now() * 1000),
};

async function send(
  faults: readonly Fault[],
  {
    blocks = 1,
    ...more
  }: { driver?: LoadDriver; applyFaults?: boolean; signal?: AbortSignal; blocks?: number } = {},
): Promise<{ outcome: LoadOutcome; cleanup: Cleanup; phases: readonly Phase[] }> {
  const scenario = scenarioOf(faults, blocks);
  const cleanup = new Cleanup();
  let phases: readonly Phase[] = [];
  const outcome = await sendLoad({
    scenario,
    seed: 1,
    segments: segments(100, 0, 0.4),
    applyFaults: true,
    driver,
    baseUrl: 'http://127.0.0.1:1',
    proxies: new Map([[EDGE, new MemoryProxy()]]),
    controls: new Map(),
    folder: '/nowhere',
    cleanup,
    signal: new AbortController().signal,
    mark: () => undefined,
    onRecord: () => undefined,
    onProcess: () => undefined,
    onPhases: (known) => {
      phases = known;
    },
    ...more,
  });
  return { outcome, cleanup, phases };
}

const refuse = () => Promise.reject(new Error('refused'));

test('a fault has the window in which it was in force, within its phase but for the time of doing it', async () => {
  const { outcome, phases } = await send([faultOf()]);
  const phase = phases.find(({ name }) => name === 'fault');
  const [times] = outcome.faultTimes;
  expect(times?.fromUs).toBeGreaterThanOrEqual((phase?.startUs ?? 0) - 2000);
  expect(times?.fromUs).toBeLessThan(phase?.endUs ?? 0);
  // A timer may come a millisecond early.
  expect(times?.untilUs).toBeGreaterThanOrEqual((phase?.endUs ?? 0) - 2000);
  expect(outcome.phases).toBe(phases);
});

test.each<[string, Partial<Fault>]>([
  ['could not be applied', { apply: refuse }],
  ['could neither be applied nor undone', { apply: refuse, revert: refuse }],
  ['was not in force, read back', { inForce: async () => false }],
])('a fault that %s has no window, whatever became of the others', async (_what, behaviour) => {
  const { outcome, cleanup } = await send([faultOf(behaviour), faultOf()]);
  expect(outcome.faultTimes).toEqual([{}, { fromUs: expect.any(Number), untilUs: expect.any(Number) }]);
  const problems = await cleanup.run();
  expect(problems).toEqual(behaviour.revert ? [`revert silence on ${EDGE}: refused`] : []);
});

test('a fault that could not be taken away has a beginning and no end', async () => {
  const { outcome, cleanup } = await send([faultOf({ revert: refuse })]);
  expect(outcome.faultTimes).toEqual([{ fromUs: expect.any(Number) }]);
  expect(await cleanup.run()).toHaveLength(1);
});

test('without faults none is applied, and none has a window', async () => {
  const { outcome, cleanup } = await send([faultOf({ apply: refuse, revert: refuse })], {
    applyFaults: false,
  });
  expect(outcome.faultTimes).toEqual([{}]);
  expect(await cleanup.run()).toEqual([]);
});

test('a driver that fails ends the load, and leaves the undo of the fault to the clean-up', async () => {
  let isInForce = false;
  const fault = faultOf({
    apply: async () => {
      isInForce = true;
    },
    revert: async () => {
      isInForce = false;
    },
    inForce: async () => isInForce,
  });
  const cleanup = new Cleanup();
  const failing: LoadDriver = {
    id: 'failing',
    async run({ onStart }) {
      onStart(Date.now() * 1000);
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error('out of memory');
    },
  };
  const sending = sendLoad({
    scenario: scenarioOf([fault]),
    seed: 1,
    segments: segments(100, 0, 0.4),
    applyFaults: true,
    driver: failing,
    baseUrl: '',
    proxies: new Map([[EDGE, new MemoryProxy()]]),
    controls: new Map(),
    folder: '/nowhere',
    cleanup,
    signal: new AbortController().signal,
    mark: () => undefined,
    onRecord: () => undefined,
    onProcess: () => undefined,
    onPhases: () => undefined,
  });
  await expect(sending).rejects.toThrow('out of memory');
  expect(isInForce).toBe(true);
  expect(await cleanup.run()).toEqual([]);
  expect(isInForce).toBe(false);
});

test('with blocks a fault is held and let go once a block, in phases that follow each other', async () => {
  const held: string[] = [];
  const fault = faultOf({
    apply: async () => void held.push('applied'),
    revert: async () => void held.push('reverted'),
    inForce: async () => held.at(-1) === 'applied',
  });
  const { outcome, phases, cleanup } = await send([fault], { blocks: 2 });
  expect(phases.map(({ name }) => name)).toEqual([
    'warmup',
    'baseline',
    'fault',
    'baseline',
    'fault',
    'recovery',
  ]);
  for (const [index, { startUs }] of phases.entries())
    if (index > 0) expect(startUs).toBe(phases[index - 1]?.endUs);
  expect(held).toEqual(['applied', 'reverted', 'applied', 'reverted']);
  expect(outcome.faultTimes).toHaveLength(2);
  const [first, second] = outcome.faultTimes;
  expect(first?.untilUs).toBeLessThan(second?.fromUs ?? 0);
  expect(await cleanup.run()).toEqual([]);
  expect(held).toHaveLength(4);
});

test('the phase of a request follows from when it is due', () => {
  const phases = { warmupS: 0, baselineS: 1, faultS: 2, recoveryS: 1 };
  const scenario = { ...scenarioOf([]), phases };
  const measured: Segment = { name: 'measured', rate: 10, durationS: 4, firstSeq: 50 };
  const phase = (segment: Segment, seq: number) =>
    phaseOf(scenario, segment, { seq, traceId: '', spanId: '', route: '', method: '', path: '' });
  expect([50, 59, 60, 79, 80, 89].map((seq) => phase(measured, seq))).toEqual([
    'baseline',
    'baseline',
    'fault',
    'fault',
    'recovery',
    'recovery',
  ]);
  expect(phase({ ...measured, name: 'warmup-100%' }, 60)).toBe('warmup');
});

test('the phase of a request is that of its block', () => {
  const lengths = { warmupS: 0, baselineS: 1, faultS: 2, recoveryS: 1, blocks: 2 };
  expect(measuredSeconds(lengths)).toBe(7);
  expect([0, 0.9, 1, 2.9, 3, 3.9, 4, 5.9, 6, 99].map((second) => phaseAt(lengths, second))).toEqual([
    ...['baseline', 'baseline', 'fault', 'fault'],
    ...['baseline', 'baseline', 'fault', 'fault'],
    ...['recovery', 'recovery'],
  ]);
});
