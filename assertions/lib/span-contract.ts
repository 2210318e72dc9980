import { z } from 'zod';

/** An attribute that a span must carry. */
const attribute = z.strictObject({
  /** Name of the span: the root or one of the steps. */
  span: z.string(),
  key: z.string(),
  /** text: not empty; count: a whole number from 1 on; amount: a number above 0. */
  is: z.enum(['text', 'boolean', 'count', 'amount']),
  /** Needed only when the root has this step. */
  once: z.string().optional(),
  /** Needed only when this step neither failed nor refused. */
  after: z.string().optional(),
  /** Not needed on a span with an error. */
  unlessError: z.boolean().default(false),
  /** An attribute of the root that it must equal. */
  equals: z.string().optional(),
});

const STEPS = ['order.validate', 'order.checkInventory', 'order.save', 'order.processPayment'];

/** What the spans of one piece of work look like; the defaults are those of an order of the reference shop. */
export const contractSchema = z
  .strictObject({
    service: z.string().default('order-service'),
    /** The SERVER spans that the contract is about. */
    method: z.string().default('POST'),
    route: z.string().default('/orders'),
    /** The one child of each of them. */
    root: z.string().default('order.create'),
    /** Children of the root, in the order in which they begin; none without those before it. */
    steps: z.array(z.string()).min(1).default(STEPS),
    /** By status of the answer: these steps and no others. With every other status: the first step at least. */
    complete: z
      .record(z.string().regex(/^[1-5]\d\d$/), z.array(z.string()))
      .default({ '201': STEPS, '202': STEPS.slice(0, 3) }),
    attributes: z.array(attribute).prefault([
      { span: 'order.create', key: 'order.id', is: 'text' },
      { span: 'order.create', key: 'order.customer_id', is: 'text' },
      { span: 'order.create', key: 'order.items_count', is: 'count', after: 'order.validate' },
      { span: 'order.create', key: 'order.total', is: 'amount', once: 'order.save' },
      { span: 'order.checkInventory', key: 'inventory.all_available', is: 'boolean', unlessError: true },
      { span: 'order.processPayment', key: 'payment.amount', is: 'amount', equals: 'order.total' },
    ]),
    /** Statuses of answers without which nothing was tested. */
    mustOccur: z.array(z.number().int()).min(1).default([201]),
  })
  .superRefine(({ root, steps, complete, attributes }, context) => {
    const used = [
      ...Object.values(complete).flat(),
      ...attributes.flatMap(({ once, after }) => [once, after]),
      ...attributes.flatMap(({ span }) => (span === root ? [] : [span])),
    ];
    const unknown = new Set(used.filter((name) => name !== undefined && !steps.includes(name)));
    for (const name of unknown) context.addIssue(`'${name}' is not among the steps: ${steps.join(', ')}`);
  });

export type SpanContract = z.output<typeof contractSchema>;
