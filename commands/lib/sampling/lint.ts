import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Configuration, readConfiguration } from '../../../analysis/sampling-lint/lib/configuration.ts';
import { type Estimate, estimateOf } from '../../../analysis/sampling-lint/lib/estimate.ts';
import { lint } from '../../../analysis/sampling-lint/lib/lint.ts';
import type { Expectations, LintFinding, LintRule } from '../../../analysis/sampling-lint/lib/rule.ts';
import { changed } from '../../../harness/configuration-changes.ts';
import type { ConfigurationChanges, Scenario } from '../../../harness/contracts.ts';
import { messageOf, UserError } from '../../../harness/errors.ts';
import { pipelineEdge } from '../../../harness/pipeline.ts';
import { Registry } from '../../../harness/registry.ts';
import { COLLECTOR_VARIABLES } from '../../../harness/stack/collector.ts';
import { ROOT } from '../things.ts';
import { USUAL } from './lint-options.ts';

export const lintRules = new Registry<LintRule>(join(ROOT, 'analysis', 'sampling-lint'), 'lint rule');

export interface SamplingLint {
  /** As the user called it. */
  readonly file: string;
  readonly expectations: Expectations;
  readonly estimate: Estimate;
  readonly findings: readonly LintFinding[];
}

/** What a configuration would do against what was promised. A UserError when it is no Collector configuration. */
export async function lintFile(
  file: string,
  expectations: Expectations,
  variables: Readonly<Record<string, string>> = {},
  changes: ConfigurationChanges = {},
): Promise<SamplingLint> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`${file} is no readable file: ${messageOf(error)}`);
  });
  return lintText(file, text, expectations, variables, changes);
}

/** The same of a configuration's text; `file` is what messages call it. */
export async function lintText(
  file: string,
  text: string,
  expectations: Expectations,
  variables: Readonly<Record<string, string>> = {},
  changes: ConfigurationChanges = {},
): Promise<SamplingLint> {
  const configuration = configurationOf(file, changed(text, changes, file), variables);
  const rules = await Promise.all((await lintRules.ids()).map((id) => lintRules.get(id)));
  return {
    file,
    expectations,
    estimate: estimateOf(configuration, expectations),
    findings: lint(configuration, expectations, rules),
  };
}

function configurationOf(
  file: string,
  text: string,
  variables: Readonly<Record<string, string>>,
): Configuration {
  const read = readConfiguration(text, variables);
  if ('configuration' in read) return read.configuration;
  throw new UserError(
    [
      `${file} cannot be looked at, ${read.problems.length} thing(s) to mend:`,
      ...read.problems.map((problem) => `  - ${file}:${problem.line}: ${problem.text}`),
    ].join('\n'),
  );
}

/** How long a request may wait for a fault of the scenario, in milliseconds; telemetry that is slow makes no trace longer. */
function addedMs({ on, fault }: Scenario['faults'][number]): number {
  if (pipelineEdge(on)) return 0;
  const { latencyMs = 0, jitterMs = 0 } = fault.parameters;
  return latencyMs + jitterMs;
}

/**
 * Errors and warnings for the start of a run, a line each: what the configuration in use does against the promises of
 * the scenario's system at its rate. Says nothing where there is nothing to say, and never fails.
 */
export async function lintLines(
  path: string,
  { system, load, configuration, faults }: Scenario,
): Promise<readonly string[]> {
  try {
    const file = relative(process.cwd(), path);
    const { findings } = await lintFile(
      file,
      {
        ...USUAL,
        of: system.name,
        promises: system.promises,
        ratePerS: load.rate,
        longestMs: Math.max(USUAL.longestMs, ...faults.map(addedMs)),
      },
      COLLECTOR_VARIABLES,
      // As the scenario runs it, not as it stands in the file.
      configuration?.collector,
    );
    const grave = findings.filter(({ severity }) => severity !== 'info');
    if (grave.length === 0) return [];
    return [
      ...grave.map(
        ({ severity, line, rule, what }) => `sampling lint: ${severity}: ${file}:${line}: ${what} (${rule})`,
      ),
      `sampling lint: for consequences and remedies: chaoscope sampling lint ${file} --rate ${load.rate}`,
    ];
  } catch (error) {
    return [`sampling lint: not possible: ${messageOf(error)}`];
  }
}
