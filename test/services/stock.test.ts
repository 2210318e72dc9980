import { describe, expect, it } from 'vitest';
import { reserve } from '../../services/inventory/stock.ts';
import type { Database, Statement } from '../../services/lib/database.ts';

const ITEMS = [
  { productId: 1, quantity: 2 },
  { productId: 2, quantity: 1 },
];

type Row = Readonly<Record<string, unknown>>;
const waiting = (id: number, more: Row = {}): Row => ({
  id,
  unknown: false,
  soldOut: false,
  state: null,
  ...more,
});

/**
 * Answers as PostgreSQL would with others at work between two statements, an instant that cannot be met at will: each
 * statement takes the next of its answers, and the last one again and again.
 */
function between(answers: Readonly<Record<string, readonly (readonly Row[])[]>>) {
  const asked: string[] = [];
  const database = {
    withClient: () => Promise.reject(new Error('nobody needs it')),
    query: async ({ name }: Statement) => {
      const nth = asked.filter((other) => other === name).length;
      asked.push(name);
      return answers[name]?.[Math.min(nth, (answers[name]?.length ?? 0) - 1)] ?? [];
    },
  } as unknown as Database;
  return { database, asked };
}

describe('reserve', () => {
  it('is not taken in when stock comes back after it could not be reserved: it tries again', async () => {
    const { database, asked } = between({
      reserve_stock: [[], [{ id: 1 }, { id: 2 }]],
      check_stock: [[waiting(1), waiting(2)]],
    });
    expect(await reserve(database, 'order', ITEMS)).toEqual({ allAvailable: true });
    expect(asked).toEqual(['reserve_stock', 'check_stock', 'reserve_stock']);
  });

  it('gives up when that happens again and again, and says nothing is available', async () => {
    const { database, asked } = between({ check_stock: [[waiting(1), waiting(2)]] });
    await expect(reserve(database, 'order', ITEMS)).rejects.toMatchObject({
      status: 503,
      code: 'stock_contended',
    });
    expect(asked.filter((name) => name === 'reserve_stock')).toHaveLength(3);
  });

  it('says what is unknown and what is sold out, of those that are not reserved', async () => {
    const { database } = between({
      check_stock: [[waiting(1, { unknown: true }), waiting(2, { soldOut: true })]],
    });
    expect(await reserve(database, 'order', ITEMS)).toEqual({
      allAvailable: false,
      unknown: [1],
      soldOut: [2],
    });
  });

  it('takes what is reserved already for reserved', async () => {
    const { database } = between({ check_stock: [[]] });
    expect(await reserve(database, 'order', ITEMS)).toEqual({ allAvailable: true });
  });

  it('refuses what was released before', async () => {
    const { database } = between({ check_stock: [[waiting(1, { state: 'released' })]] });
    await expect(reserve(database, 'order', ITEMS)).rejects.toMatchObject({ status: 409 });
  });
});
