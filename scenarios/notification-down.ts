import { down } from '../faults/down.ts';
import { shopScenario } from './lib/shop.ts';

/** notification-service refuses every connection. */
export default shopScenario({
  title: 'Notification is down',
  hypothesis: 'When notices cannot be sent no order notices, and every notice is delivered once, later.',
  faults: [{ on: 'order-to-notification', fault: down() }],
});
