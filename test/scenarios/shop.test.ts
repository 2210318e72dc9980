import { expect, it } from 'vitest';
import { scenarios } from '../../commands/lib/things.ts';

/** Of an edge on which a client calls again, and that no fault of any scenario leaves idle. */
const ALWAYS = { maxAmplification: 1.2, maxAttempts: 3, mayBeIdle: false };
/** Of the way to the second provider, whom nobody calls unless the first one fails. */
const SELDOM = { ...ALWAYS, mayBeIdle: true };

it('each scenario of the shop bounds the retries on every edge that has some', async () => {
  const all = await Promise.all((await scenarios.ids()).map((id) => scenarios.get(id)));
  const bounds = all.flatMap(({ title, assertions }) =>
    assertions.filter(({ id }) => id === 'retries-bounded').map(({ options }) => ({ title, options })),
  );
  expect(bounds.length).toBeGreaterThan(15);
  for (const { title, options } of bounds)
    expect(options['edges'], title).toMatchObject({
      'gateway-to-auth': ALWAYS,
      'gateway-to-inventory': ALWAYS,
      'order-to-inventory': ALWAYS,
      'payment-to-backup': SELDOM,
    });
});
