import { messageOf, UserError } from '../harness/errors.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { readRunRecord } from '../harness/run-folder.ts';
import type { CommandFile } from './lib/command-file.ts';
import { faultsOf } from './lib/things.ts';
import { untilSignal } from './lib/until-signal.ts';

/** `chaoscope query RUN "SQL"`: rows of the evidence, a JSON object a line, to read or to pipe on. */
const query: CommandFile = (program) => {
  program
    .command('query')
    .description('query the evidence of a run with SQL (tables: ledger, recording, archive, fate, …)')
    .argument('<run>', 'a folder of runs/')
    .argument('<sql>', "e.g. 'select promise, observed, count(*) n from fate group by all'")
    .action(async (folder: string, sql: string) => {
      const rows = await untilSignal(() => rowsOf(folder, sql));
      for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    });
};

async function rowsOf(folder: string, sql: string): Promise<readonly object[]> {
  const run = await readRunRecord(folder);
  const evidence = await openEvidence(folder, run, await faultsOf(run));
  try {
    return await evidence.query(sql);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`the query failed: ${messageOf(error).trim()}`);
  } finally {
    evidence.close();
  }
}

export default query;
