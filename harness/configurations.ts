import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from './errors.ts';
import { readSampling, type Sampling } from './evidence/sampler/config.ts';
import { readMaxTraces } from './evidence/sampler/jaeger.ts';

/**
 * Checks that the configurations of Collector and Jaeger say what the judge needs of them, before anything starts.
 * @returns what the Collector's does to the traces
 * @throws UserError that names the file
 */
export async function checkConfigurations(files: {
  readonly collectorConfig: string;
  readonly jaegerConfig: string;
}): Promise<Sampling> {
  const sampling = await check(files.collectorConfig, readSampling);
  await check(files.jaegerConfig, readMaxTraces);
  return sampling;
}

async function check<Read>(file: string, read: (text: string) => Read): Promise<Read> {
  try {
    return read(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`);
  }
}
