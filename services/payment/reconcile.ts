import { repeatedly } from '../lib/repeatedly.ts';
import { withSpan } from '../lib/spans.ts';
import { type ProviderClient, ProviderFailure } from './provider-client.ts';
import {
  type AttemptState,
  keyOf,
  type PaymentStore,
  PROVIDERS,
  type ProviderName,
  type StoredAttempt,
} from './store.ts';

export interface Reconciliation {
  readonly store: PaymentStore;
  readonly clients: Readonly<Record<ProviderName, ProviderClient>>;
  /** Providers that need not be asked at the moment, since they do not do their work. */
  isSick(provider: ProviderName): boolean;
  readonly everyMs: number;
  /** After which a pending try counts as left behind. */
  readonly pendingMs: number;
}

const BATCH = 20;

/**
 * Looks up the charges whose outcome is unknown, and undoes them: an unknown try never pays an order, as the order has
 * by then been paid otherwise, or failed. Runs until the process ends.
 */
export function startReconciler(reconciliation: Reconciliation): void {
  repeatedly('reconciler', reconciliation.everyMs, async () => {
    await reconcile(reconciliation);
    return undefined;
  });
}

async function reconcile({ store, clients, isSick, pendingMs }: Reconciliation): Promise<void> {
  const attempts = await store.takeUnresolved(BATCH, pendingMs, PROVIDERS.filter(isSick));
  await Promise.all(
    attempts.map(async (attempt) => {
      const attributes = { 'order.id': attempt.orderId, 'payment.provider': attempt.provider };
      await withSpan('payment.reconcile', attributes, async (span) => {
        const state = await undo(attempt, clients[attempt.provider]);
        if (state === undefined) return;
        span.setAttribute('payment.state', state.state);
        await store.resolve(attempt, state.state, state.chargeId);
      }).catch((thrown: unknown) => {
        // The span says so; the next round tries again.
        if (!(thrown instanceof ProviderFailure)) console.error(`reconciler: ${attempt.orderId}: ${thrown}`);
      });
    }),
  );
}

/** Undoes a try; resolves to its final state, or to undefined when it is too early to say. */
async function undo(
  attempt: StoredAttempt,
  client: ProviderClient,
): Promise<{ readonly state: AttemptState; readonly chargeId?: string } | undefined> {
  const key = keyOf(attempt);
  const { status, chargeId } = await client.look(key);
  switch (status) {
    case 'processing':
      return undefined;
    case 'unused':
      // Its request may still be on its way.
      await client.void(key);
      return { state: 'voided' };
    case 'voided':
      return { state: 'voided' };
    case 'error':
      return { state: 'failed' };
    case 'declined':
      return { state: 'declined' };
    case 'charged':
      if (chargeId === undefined) return undefined;
      await client.refund(chargeId);
      return { state: 'refunded', chargeId };
  }
}
