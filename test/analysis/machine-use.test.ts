import { describe, expect, it } from 'vitest';
import { type MachineUse, machineUse } from '../../analysis/machine-use.ts';
import { makeRun, type RunSpec, START_US, type Tables } from '../evidence/fixture.ts';

describe('machineUse', () => {
  it('shares the time between two instants', async () => {
    expect(await useOf({})).toEqual({ idle: expect.closeTo(0.4), steal: 0 });
  });

  it.each<[string, RunSpec, boolean]>([
    ['begin 3 s late', { mutate: keep((second) => second >= 3) }, true],
    ['begin 4 s late', { mutate: keep((second) => second >= 4) }, false],
    ['end 3 s early', { mutate: keep((second) => second <= 67) }, true],
    ['end 4 s early', { mutate: keep((second) => second <= 66) }, false],
    ['stop after 2 s', { mutate: keep((second) => second <= 2) }, false],
    ['leave out the middle', { mutate: keep((second) => second <= 1 || second >= 69) }, true],
    ['stand still', { mutate: standStill }, false],
    ['are missing', { without: ['gauges'] }, false],
  ])('says nothing when the samples do not cover the time: they %s', async (_, spec, isKnown) => {
    expect((await useOf(spec)) !== undefined).toBe(isKnown);
  });

  it.each([
    [1, 3, true],
    [2, 3, false],
  ])('nor when they cover less than half of it: seconds %i to %i of 4', async (first, last, isKnown) => {
    const mutate = keep((second) => second >= first && second <= last);
    expect((await useOf({ mutate }, 4)) !== undefined).toBe(isKnown);
  });
});

function keep(suits: (second: number) => boolean): (tables: Tables) => void {
  return (tables) => {
    tables.gauges = tables.gauges.filter(({ at_us }) => suits((at_us - START_US) / 1e6));
  };
}

function standStill({ gauges }: Tables): void {
  for (const row of gauges) row.value = 1;
}

async function useOf(spec: RunSpec, untilS = 70): Promise<MachineUse | undefined> {
  const run = await makeRun(spec);
  try {
    return await machineUse(await run.open(), START_US, START_US + untilS * 1e6);
  } finally {
    run.remove();
  }
}
