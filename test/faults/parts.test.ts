import { describe, expect, it } from 'vitest';
import killedFactory, { killed } from '../../faults/killed.ts';
import stoppedFactory, { stopped } from '../../faults/stopped.ts';
import type { FaultWindow } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import { pipelineEdge } from '../../harness/pipeline.ts';
import { askRun, type RunSpec, type Tables } from '../evidence/fixture.ts';
import { MemoryPart } from './memory-part.ts';
import { FROM_US, UNTIL_US } from './prove.ts';

describe.each([
  ['killed', killed(), killedFactory, 'kill'],
  ['stopped', stopped(), stoppedFactory, 'stop'],
] as const)('%s', (id, fault, factory, how) => {
  it('has no parameters and acts on a part', () => {
    expect(fault).toMatchObject({ id, acts: 'part', parameters: {} });
    expect(factory({})).toMatchObject({ id });
    expect(() => factory({ signal: 9 })).toThrow(UserError);
  });

  it('is in force from apply to revert, and can be reverted when nothing was applied', async () => {
    const part = new MemoryPart();
    await fault.revert(part);
    expect(await fault.inForce(part)).toBe(false);
    await fault.apply(part);
    expect(await fault.inForce(part)).toBe(true);
    await fault.revert(part);
    expect(await fault.inForce(part)).toBe(false);
    expect(part.done).toEqual(['start', how, 'start']);
  });
});

describe('proof that a part was away', () => {
  const prove = async (mutate: (tables: Tables) => void, untilUs = UNTIL_US, spec: RunSpec = {}) => {
    const edge = pipelineEdge('collector');
    if (!edge) throw new Error('the pipeline has no collector');
    const window: FaultWindow = { edge, fromUs: FROM_US, untilUs };
    return askRun({ ...spec, mutate }, (evidence) => killed().proof(evidence, window));
  };
  const without =
    (fromUs: number, untilUs: number) =>
    (tables: Tables): void => {
      tables.gauges = tables.gauges.filter(
        ({ part, at_us }) => part !== 'collector' || at_us < fromUs || at_us > untilUs,
      );
    };

  it('holds when no look in between found its process', async () => {
    expect(await prove(without(FROM_US, UNTIL_US))).toMatchObject({
      held: true,
      figures: { seenInside: 0, looksInside: 30 },
    });
  });

  it('does not hold when it was there, never came back, or was not there before', async () => {
    expect(await prove(() => undefined)).toMatchObject({ held: false });
    expect(await prove(without(FROM_US + 2e6, UNTIL_US))).toMatchObject({ held: false });
    expect(await prove(without(FROM_US, Number.MAX_SAFE_INTEGER))).toMatchObject({ held: false });
    expect(await prove(without(0, UNTIL_US))).toMatchObject({ held: false });
  });

  it('holds for a window without a look when another process is there after it', async () => {
    const shortUs = FROM_US + 500_000;
    const anew = ({ gauges }: Tables) => {
      for (const row of gauges)
        if (row.part === 'collector' && row.metric === 'process_cpu_seconds' && row.at_us > FROM_US)
          row.value -= 4;
    };
    expect(await prove(anew, shortUs)).toMatchObject({ held: true });
    expect(await prove(() => undefined, shortUs)).toMatchObject({ held: false });
  });

  it('does not hold without gauges', async () => {
    expect(await prove(() => undefined, UNTIL_US, { without: ['gauges'] })).toMatchObject({ held: false });
  });
});
