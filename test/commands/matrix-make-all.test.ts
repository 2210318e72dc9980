import { describe, expect, it } from 'vitest';
import { type MakeAllOptions, makeAll } from '../../commands/lib/matrix/make-all.ts';
import { type PlannedRun, planMatrix } from '../../commands/lib/matrix/plan.ts';
import type { RunRecord } from '../../harness/contracts.ts';
import { Interrupted, NotRestored } from '../../harness/errors.ts';
import baseline from '../../scenarios/baseline.ts';
import { runRecord } from '../evidence/fixture/run.ts';

const RUNS = planMatrix('/runs', baseline, {
  builds: ['naive'],
  edges: ['gateway-to-auth', 'payment-to-stripe', 'gateway-to-order'],
  faults: ['down'],
  nothing: 1,
  seed: 1,
});
const [NOTHING, AUTH, STRIPE, ORDER] = RUNS.map(({ name }) => name);
const RECORD: RunRecord = runRecord(1);

/** Runs that a test moves on by hand, and what was done with them. */
function bench(change: Partial<MakeAllOptions> = {}) {
  const log: string[] = [];
  const lines: string[] = [];
  const controller = new AbortController();
  const made = new Map<string, { loadEnded(): void; end(): void; fail(error: unknown): void }>();
  const options: MakeAllOptions = {
    signal: controller.signal,
    limit: 100,
    before: async () => undefined,
    make: ({ name }, loadEnded, signal) => {
      log.push(`start ${name}`);
      const { promise, resolve, reject } = Promise.withResolvers<RunRecord>();
      // As conduct does: it cleans up, and then rejects with the reason.
      signal.addEventListener('abort', () => {
        log.push(`stop ${name}`);
        reject(signal.reason);
      });
      made.set(name, { loadEnded, end: () => resolve(RECORD), fail: reject });
      return promise;
    },
    inVain: () => undefined,
    onRun: async ({ name }: PlannedRun) => {
      log.push(`read ${name}`);
    },
    print: (line) => lines.push(line),
    ...change,
  };
  const of = (name: string | undefined) => {
    const found = made.get(name ?? '');
    if (!found) throw new Error(`${name} has not been started; so far: ${log.join(', ')}`);
    return found;
  };
  return { options, log, lines, of, abort: (reason: unknown) => controller.abort(reason) };
}

/** Lets all go on that can. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('makeAll', () => {
  it('starts the next run when the load of the last one has ended, and never a third', async () => {
    const { options, log, of } = bench();
    const all = makeAll(RUNS, options);
    await turn();
    expect(log).toEqual([`start ${NOTHING}`]);
    of(NOTHING).loadEnded();
    await turn();
    expect(log).toEqual([`start ${NOTHING}`, `start ${AUTH}`]);
    of(AUTH).loadEnded();
    await turn();
    expect(log).toHaveLength(2);
    of(NOTHING).end();
    await turn();
    expect(log).toEqual([`start ${NOTHING}`, `start ${AUTH}`, `read ${NOTHING}`, `start ${STRIPE}`]);
    for (const name of [AUTH, STRIPE]) of(name).end();
    await turn();
    of(ORDER).end();
    expect(await all).toBe(0);
  });

  it('makes only what is missing', async () => {
    const { options, log, lines, of } = bench({
      before: async ({ name }) => (name === AUTH || name === NOTHING ? RECORD : undefined),
    });
    const all = makeAll(RUNS, options);
    await turn();
    expect(log).toEqual([`read ${NOTHING}`, `read ${AUTH}`, `start ${STRIPE}`]);
    of(STRIPE).end();
    await turn();
    of(ORDER).end();
    expect(await all).toBe(0);
    expect(lines[0]).toBe('2 of 4 runs were made before');
    expect(lines.at(-1)).toBe(`4 of 4: ${ORDER}: completed; about 0 min left`);
  });

  it('makes no more than the limit, and says how many are left', async () => {
    const { options, log, of } = bench({ limit: 1 });
    const all = makeAll(RUNS, options);
    await turn();
    of(NOTHING).end();
    expect(await all).toBe(3);
    expect(log).toEqual([`start ${NOTHING}`, `read ${NOTHING}`]);
    expect(await makeAll(RUNS, bench({ limit: 0 }).options)).toBe(4);
  });

  it('leaves out what would be in vain', async () => {
    const { options, lines, of } = bench({
      inVain: ({ name }) => (name === NOTHING || name === ORDER ? undefined : 'nobody called it'),
    });
    const all = makeAll(RUNS, options);
    await turn();
    of(NOTHING).end();
    await turn();
    of(ORDER).end();
    expect(await all).toBe(0);
    expect(lines).toContain(`${AUTH}: not made, nobody called it`);
  });

  it('stops both runs when it is interrupted', async () => {
    const { options, log, of, abort } = bench();
    const all = makeAll(RUNS, options);
    await turn();
    of(NOTHING).loadEnded();
    await turn();
    abort(new Interrupted('SIGINT'));
    await expect(all).rejects.toThrow(Interrupted);
    expect(log.filter((line) => line.startsWith('stop'))).toEqual([`stop ${NOTHING}`, `stop ${AUTH}`]);
  });

  it('stops the other run at once when one fails, and waits for it', async () => {
    const { options, log, of } = bench();
    const all = makeAll(RUNS, options);
    await turn();
    of(NOTHING).loadEnded();
    await turn();
    of(NOTHING).fail(new Error('no space left'));
    await expect(all).rejects.toThrow('no space left');
    expect(log).toContain(`stop ${AUTH}`);
  });

  it('tells what either run could not restore', async () => {
    const first = Promise.withResolvers<RunRecord>();
    const { options } = bench({
      make: ({ name }, loadEnded, signal) => {
        if (name === NOTHING) {
          loadEnded();
          return first.promise;
        }
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new NotRestored(['Jaeger runs on'], signal.reason)));
        });
      },
    });
    const all = makeAll(RUNS, options);
    await turn();
    first.reject(new NotRestored(['Postgres runs on'], new Error('it has ended')));
    await expect(all).rejects.toMatchObject({ problems: ['Postgres runs on', 'Jaeger runs on'] });
  });
});
