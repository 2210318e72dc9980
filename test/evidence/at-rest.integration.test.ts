import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atRest } from '../../harness/evidence/at-rest.ts';
import { type Postgres, query, startPostgres } from '../services/support/postgres.ts';

const OPEN = { title: 'letters', sql: 'SELECT count(*) FROM letters' };

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
  await query(postgres.url, 'CREATE TABLE letters (id int)');
});
afterAll(() => postgres?.stop());

const rest = (options: Partial<Parameters<typeof atRest>[0]> = {}) =>
  atRest({ openWork: [OPEN], databaseUrl: postgres.url, ...options });

describe('a system is at rest', () => {
  it('when nothing is under way', async () => {
    expect(await rest()).toMatchObject({ ok: true, detail: 'nothing is under way any more' });
  });

  it('only when all of it is done', async () => {
    await query(postgres.url, 'INSERT INTO letters VALUES (1), (2)');
    const waiting = rest();
    setTimeout(() => void query(postgres.url, 'DELETE FROM letters WHERE id = 1'), 600);
    setTimeout(() => void query(postgres.url, 'DELETE FROM letters'), 1800);
    const found = await waiting;
    expect(found.ok).toBe(true);
    expect(found.waitedS).toBeGreaterThanOrEqual(1.5);
  });

  it('not when it is stuck, or at work for too long; it says what is left', async () => {
    await query(postgres.url, 'INSERT INTO letters VALUES (1), (2), (3)');
    expect(await rest({ stuckS: 1 })).toMatchObject({ ok: false, detail: 'stuck for 1 s: 3 letters' });
    expect(await rest({ deadlineS: 1 })).toMatchObject({
      ok: false,
      detail: 'not done after 1 s: 3 letters',
    });
    await query(postgres.url, 'DELETE FROM letters');
  });

  it('not when nobody knows', async () => {
    const broken = { title: 'letters', sql: 'SELECT count(*) FROM nowhere' };
    const text = { title: 'letters', sql: "SELECT 'many'" };
    for (const [options, detail] of [
      [{ openWork: [broken] }, /nowhere/],
      [{ openWork: [text] }, /yields no number/],
      [{ databaseUrl: undefined }, /no database/],
    ] as const)
      expect(await rest({ ...options, stuckS: 1 })).toMatchObject({
        ok: false,
        detail: expect.stringMatching(detail),
      });
  });

  it('ends when the run is stopped', async () => {
    await query(postgres.url, 'INSERT INTO letters VALUES (1)');
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopped')), 300);
    await expect(rest({ signal: controller.signal })).rejects.toThrow();
    await query(postgres.url, 'DELETE FROM letters');
  });
});
