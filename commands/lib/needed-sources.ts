import type { Evidence, Source } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

/** @throws UserError when a run does not have one of the sources of evidence, with why, and what to do instead */
export function needSources(
  folder: string,
  { run, sources }: Pick<Evidence, 'run' | 'sources'>,
  needed: readonly Source[],
  remedy: string,
): void {
  for (const source of needed)
    if (!sources.has(source))
      throw new UserError(
        `${folder}: the ${source} of this run is missing (${run.missing[source] ?? `no evidence/${source}.parquet`}). ${remedy}`,
      );
}
