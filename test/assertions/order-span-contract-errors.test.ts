import { describe, expect, it } from 'vitest';
import { type Breach, FAILED, judgeBroken, testBreaches } from './order-spans.ts';

describe('order-span-contract: errors', () => {
  testBreaches(FAILED, [
    ...[null, '', ' '].map(
      (message): Breach => [
        `an error has the message ${JSON.stringify(message)}`,
        '1 error without a message (order.create 1)',
        ({ span }) => Object.assign(span('order.create'), { status_message: message }),
      ],
    ),
    ...[
      null,
      '',
      '[]',
      '[{"name":"log","attributes":{"exception.message":"x"}}]',
      '[{"name":"exception","attributes":{"exception.message":"","exception.stacktrace":"x"}}]',
      '[{"name":"exception"}]',
    ].map(
      (events): Breach => [
        `an error has the events ${JSON.stringify(events)}`,
        '1 error without an exception event (order.processPayment 1)',
        ({ span }) => Object.assign(span('order.processPayment'), { events }),
      ],
    ),
    [
      'a failed answer has a span without an error',
      '1 failed answer (5xx) whose span has no error (answer 503 1)',
      ({ span }) => Object.assign(span('order.create'), { status: 'unset' }),
    ],
  ]);

  it('passes when an exception has only a type', async () => {
    const events = '[{"name":"exception","atUs":1,"attributes":{"exception.type":"Error"}}]';
    const finding = await judgeBroken(FAILED, ({ span }) => Object.assign(span('order.create'), { events }));
    expect(finding).toMatchObject({ verdict: 'pass' });
  });
});
