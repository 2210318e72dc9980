/** notification-service: takes notices to customers. It keeps them in memory; sending them on is no part of the shop. */
import { z } from 'zod';
import { serveByHand } from './lib/by-hand.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import { port, readSettings, wholeNumber } from './lib/settings.ts';

const settings = readSettings({
  PORT: port,
  // How many notices are kept; the oldest go.
  NOTIFICATIONS_KEPT: wholeNumber(200_000, { min: 1, max: 10_000_000 }),
});

const notificationSchema = z.object({
  orderId: z.uuid(),
  customerId: z.string().max(64),
  kind: z.enum(['order_paid']),
});

const notifications = new Map<number, z.output<typeof notificationSchema>>();
let received = 0;

const app = createApp();
addReadiness(app);

app.post('/notifications', (request, response, next) => {
  // The one route whose trace context is extracted by hand, as an example.
  serveByHand('/notifications', request, response, async (span) => {
    await new Promise<void>((resolve, reject) =>
      jsonBody(request, response, (error) => (error ? reject(error) : resolve())),
    );
    const notification = notificationSchema.safeParse(request.body);
    if (!notification.success)
      throw new HttpError(400, 'invalid_notification', z.prettifyError(notification.error));
    span.setAttribute('notification.kind', notification.data.kind);
    received++;
    notifications.set(received, notification.data);
    notifications.delete(received - settings.NOTIFICATIONS_KEPT);
    sendJson(response, 202, { id: received });
  }).catch(next);
});

app.get('/notifications', (_request, response) => {
  sendJson(
    response,
    200,
    Array.from(notifications, ([id, { orderId, customerId, kind }]) => ({
      id,
      order_id: orderId,
      customer_id: customerId,
      kind,
    })),
  );
});

serve(app, settings.PORT);
