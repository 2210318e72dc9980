import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The user's folder for what later runs and other checkouts can use again: below $CHAOSCOPE_CACHE, else $XDG_CACHE_HOME,
 * else ~/.cache.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['CHAOSCOPE_CACHE'] || environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'chaoscope');
}
