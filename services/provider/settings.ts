import { milliseconds, percent, port, readSettings, wholeNumber } from '../lib/settings.ts';

/** What a stand-in does by itself. */
export interface ProviderHabits {
  readonly latencyMs: number;
  readonly slowEvery: number;
  readonly errorPercent: number;
}

/** How a stand-in for a payment provider behaves. */
export function providerSettings(defaults: ProviderHabits) {
  return readSettings({
    PORT: port,
    // How long an ordinary charge takes.
    PROVIDER_LATENCY_MS: milliseconds(defaults.latencyMs),
    // Every n-th charge is one of the slow tail, 2,100 to 2,400 ms; 0 = none.
    PROVIDER_SLOW_EVERY: wholeNumber(defaults.slowEvery, { min: 0, max: 1_000_000 }),
    // Share of the charges that fail with a 500 and of those that are declined, drawn by the request's trace and the seed.
    PROVIDER_ERROR_PERCENT: percent(defaults.errorPercent),
    PROVIDER_DECLINE_PERCENT: percent(0),
    // How many charges are kept, with their idempotency keys; the oldest go.
    PROVIDER_CHARGES_KEPT: wholeNumber(200_000, { min: 1, max: 10_000_000 }),
    // Which charge fails or is declined follows from it, and how slow the slow ones are; which are slow is a matter of order.
    SEED: wholeNumber(1, { min: 0, max: 0xff_ff_ff_ff }),
  });
}

export type ProviderSettings = ReturnType<typeof providerSettings>;
