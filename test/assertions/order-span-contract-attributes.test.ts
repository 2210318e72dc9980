import { describe, expect, it } from 'vitest';
import type { Json } from '../../harness/contracts.ts';
import { type Breach, FAILED, judgeBroken, PAID, testBreaches } from './order-spans.ts';

const DIFFERS = '1 attribute that differs from that of the root (order.processPayment payment.amount 1)';

/** A breach for each of these values of an attribute; undefined = without it. */
function wrong(span: string, key: string, values: readonly (Json | undefined)[], also = ''): Breach[] {
  return values.map((value) => [
    `${key} is ${JSON.stringify(value)}`,
    `1 missing or wrong attribute (${span} ${key} 1)${also}`,
    ({ set }) => set(span, { [key]: value }),
  ]);
}

describe('order-span-contract: attributes', () => {
  testBreaches(PAID, [
    ...wrong('order.create', 'order.id', [undefined, '', ' ', null, 7]),
    ...wrong('order.create', 'order.customer_id', [undefined, '', ' ', null, 7]),
    ...wrong('order.create', 'order.items_count', [undefined, 0, -1, 0.5, '2', null]),
    ...wrong('order.checkInventory', 'inventory.all_available', [undefined, 'true', 1, null]),
    ...wrong('order.processPayment', 'payment.amount', [undefined, 0, '4250', null]),
    ...wrong('order.create', 'order.total', [undefined, 0], `, ${DIFFERS}`),
    [
      'the amount differs from the total',
      DIFFERS,
      ({ set }) => set('order.processPayment', { 'payment.amount': 4251 }),
    ],
    [
      'all attributes are lost',
      '2 missing or wrong attributes (order.checkInventory inventory.all_available 1, order.processPayment payment.amount 1)',
      ({ span }) => {
        Object.assign(span('order.checkInventory'), { attributes: '{}' });
        Object.assign(span('order.processPayment'), { attributes: null });
      },
    ],
  ]);

  testBreaches(FAILED, [
    [
      'a failed order that was validated does not say of how many items',
      '1 missing or wrong attribute (order.create order.items_count 1)',
      ({ span, drop, set }) => {
        drop('order.checkInventory', 'order.save', 'order.processPayment');
        set('order.create', { 'order.items_count': undefined });
        Object.assign(span('order.validate'), { status: 'unset' });
      },
    ],
  ]);

  it('passes when the numbers are written otherwise', async () => {
    const finding = await judgeBroken(PAID, ({ set }) => {
      set('order.create', { 'order.items_count': 1, 'order.total': 42.5 });
      set('order.processPayment', { 'payment.amount': 42.5 });
    });
    expect(finding).toMatchObject({ verdict: 'pass' });
  });
});
