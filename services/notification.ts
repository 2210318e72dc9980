/** notification-service: takes notices to customers. It keeps them in memory; sending them on is no part of the shop. */
import { z } from 'zod';
import { serveByHand } from './lib/by-hand.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import { port, readSettings, wholeNumber } from './lib/settings.ts';
import { validated } from './lib/validate.ts';

const settings = readSettings({
  PORT: port,
  // How many notices are kept; the oldest go.
  NOTIFICATIONS_KEPT: wholeNumber(200_000, { min: 1, max: 10_000_000 }),
});

const noticeSchema = z.object({
  orderId: z.uuid(),
  customerId: z.string().max(64),
  kind: z.enum(['order_paid', 'order_cancelled']),
});
const bodySchema = z.object({ notices: z.array(noticeSchema).min(1).max(100) });

interface Notice extends z.output<typeof noticeSchema> {
  readonly id: number;
  /** How often it came; it is sent on once. */
  deliveries: number;
}

/** By order and kind, oldest first: a notice that is delivered twice is one notice. */
const notices = new Map<string, Notice>();
let counter = 0;

const app = createApp();
addReadiness(app);

app.post('/notifications', (request, response, next) => {
  // The one route whose trace context is extracted by hand, as an example.
  serveByHand('/notifications', request, response, async (span) => {
    await new Promise<void>((resolve, reject) =>
      jsonBody(request, response, (error) => (error ? reject(error) : resolve())),
    );
    const body = validated(bodySchema, request.body, 'invalid_notices', 'the notices are not valid');
    span.setAttribute('messaging.batch.message_count', body.notices.length);
    sendJson(response, 202, { ids: body.notices.map(take) });
  }).catch(next);
});

app.get('/notifications', (_request, response) => {
  const rows = Array.from(notices.values(), ({ id, orderId, customerId, kind, deliveries }) => ({
    id,
    order_id: orderId,
    customer_id: customerId,
    kind,
    deliveries,
  }));
  sendJson(response, 200, rows);
});

serve(app, settings.PORT);

function take(body: z.output<typeof noticeSchema>): number {
  const key = `${body.orderId} ${body.kind}`;
  const known = notices.get(key);
  if (known) {
    known.deliveries++;
    return known.id;
  }
  const notice = { ...body, id: ++counter, deliveries: 1 };
  notices.set(key, notice);
  for (const oldest of notices.keys()) {
    if (notices.size <= settings.NOTIFICATIONS_KEPT) break;
    notices.delete(oldest);
  }
  return notice.id;
}
