import type { Database } from '../lib/database.ts';
import { HttpError } from '../lib/http-error.ts';
import type { Notices } from './notice.ts';
import type { Payment } from './pay.ts';
import type { PriceList } from './pricing.ts';
import type { Stock } from './stock.ts';

/** What order-service works with. */
export interface Shop {
  readonly database: Database;
  readonly prices: PriceList;
  readonly stock: Stock;
  readonly payment: Payment;
  readonly notices: Notices;
}

/** Whether the failure is one of the machinery, not a refusal: another try may mend it. */
export function isOutage(thrown: unknown): boolean {
  return !(thrown instanceof HttpError) || thrown.status >= 500;
}
