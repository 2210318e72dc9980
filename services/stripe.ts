/**
 * stripe-api: a stand-in for the payment provider, as good as providers are: every 25th charge takes over two seconds, and one
 * in a hundred fails.
 */
import { serveProvider } from './provider/serve.ts';
import { providerSettings } from './provider/settings.ts';

serveProvider(providerSettings({ latencyMs: 8, slowEvery: 25, errorPercent: 1 }), 'ch');
