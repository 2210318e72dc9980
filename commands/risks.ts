import { type RiskTable, riskTable } from '../analysis/risks/risk-table.ts';
import { risksSchema } from '../analysis/risks/schema.ts';
import type { Evidence } from '../harness/contracts.ts';
import { UserError } from '../harness/errors.ts';
import type { CommandFile } from './lib/command-file.ts';
import { needSources } from './lib/needed-sources.ts';
import { risksText } from './lib/risks-text.ts';
import { untilSignal } from './lib/until-signal.ts';
import { tableWidth } from './lib/width.ts';
import { withEvidence } from './lib/with-evidence.ts';

/** `chaoscope risks RUN`: single points of failure, cascades and degradations, predicted from a run without a fault. */
const risks: CommandFile = (program) => {
  program
    .command('risks')
    .description(
      'predict from a run what falls when an edge fails, by what path, and what goes on without it',
    )
    .argument('<run>', 'a folder of runs/, best of a scenario without a fault, such as baseline')
    .option('--json', 'print the risks and every prediction for programs')
    .action(async (folder: string, options: { readonly json?: true }) => {
      const found = await untilSignal(() => withEvidence(folder, (evidence) => tell(folder, evidence)));
      const width = tableWidth(80);
      process.stdout.write(
        options.json
          ? `${JSON.stringify(risksSchema.parse({ schema: 1, ...found }), null, 2)}\n`
          : risksText(found.risks, `${found.run} (${found.build ?? 'no build'})`, width),
      );
    });
};

async function tell(
  folder: string,
  evidence: Evidence,
): Promise<{ run: string; build: string | null; risks: RiskTable }> {
  needSources(folder, evidence, ['ledger', 'recording'], 'Give a run that has it.');
  const found = await riskTable(evidence);
  if (found.predictions.length === 0)
    throw new UserError(
      'the run has no good request with a recorded trace before any fault, so that nothing can be told; choose another run, such as one of the scenario baseline',
    );
  return { run: evidence.run.id, build: evidence.run.build?.id ?? null, risks: found };
}

export default risks;
