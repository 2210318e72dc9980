/** backup-pay-api: a stand-in for the second payment provider, which steps in when the first one fails. */
import { serveProvider } from './provider/serve.ts';
import { providerSettings } from './provider/settings.ts';

serveProvider(providerSettings({ latencyMs: 25, slowEvery: 0, errorPercent: 0 }), 'bk');
