/** What the Collector of a run did to its traces, from the configuration in the run's folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../errors.ts';
import { readSampling, type Sampling } from './config.ts';
import { ENVIRONMENT_FILE, readEnvironment } from './environment.ts';

/**
 * Reads `<runFolder>/configuration/collector.yaml` with the environment that was recorded beside it.
 * @throws UserError when it is missing or cannot be read
 */
export function readRunSampling(runFolder: string): Sampling {
  const folder = join(runFolder, 'configuration');
  const path = join(folder, 'collector.yaml');
  if (!existsSync(path))
    throw new UserError(`${path} is missing: without it the fate of traces cannot be told`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
  }
  const environment = readEnvironment(join(folder, ENVIRONMENT_FILE));
  try {
    return readSampling(text, environment);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${path}: ${error.message}`);
  }
}
