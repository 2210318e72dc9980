import type { DiagLogger } from '@opentelemetry/api';

/**
 * A diagnostic logger that says at most one line in `everyMs`. With the Collector gone, each export fails, and
 * writing each failure with its stack would cost more CPU than the tracing itself.
 */
export function seldomLogger(everyMs: number): DiagLogger {
  let nextAt = 0;
  let silenced = 0;
  const say = (message: string): void => {
    const now = performance.now();
    if (now < nextAt) {
      silenced++;
      return;
    }
    const line = message.split('\n', 1)[0]?.slice(0, 300) ?? '';
    console.error(`telemetry: ${line}${silenced > 0 ? ` (and ${silenced} more messages)` : ''}`);
    nextAt = now + everyMs;
    silenced = 0;
  };
  return { error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} };
}
