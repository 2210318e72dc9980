import { readChanged } from './configuration-changes.ts';
import type { ConfigurationChanges, Scenario } from './contracts.ts';
import { messageOf, UserError } from './errors.ts';
import { readSampling, type Sampling } from './evidence/sampler/config.ts';
import { readMaxTraces } from './evidence/sampler/jaeger.ts';

/**
 * Checks that the configurations of Collector and Jaeger say what the judge needs of them, before anything starts.
 * @param changes settings that the scenario changes in them
 * @returns what the Collector's does to the traces
 * @throws UserError that names the file
 */
export async function checkConfigurations(
  files: { readonly collectorConfig: string; readonly jaegerConfig: string },
  changes: Scenario['configuration'] = {},
): Promise<Sampling> {
  const sampling = await check(files.collectorConfig, readSampling, changes.collector);
  await check(files.jaegerConfig, readMaxTraces, changes.jaeger);
  return sampling;
}

async function check<Read>(
  file: string,
  read: (text: string) => Read,
  changes: ConfigurationChanges | undefined,
): Promise<Read> {
  const effective = await readChanged(file, changes);
  try {
    return read(effective);
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`);
  }
}
