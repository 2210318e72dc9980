import { UserError } from '../harness/errors.ts';
import type { TableEntry } from '../harness/evidence/dictionary.ts';
import { QueryError } from '../harness/evidence/query.ts';
import type { OpenEvidence } from '../harness/evidence/store.ts';
import type { CommandFile } from './lib/command-file.ts';
import { untilSignal } from './lib/until-signal.ts';
import { withEvidence } from './lib/with-evidence.ts';

/** `chaoscope query RUN "SQL"`: rows of the evidence, a JSON object a line, to read or to pipe on. */
const query: CommandFile = (program) => {
  program
    .command('query')
    .description('query the evidence of a run with SQL; it is read only')
    .argument('<run>', 'a folder of runs/')
    .argument('[sql]', "one statement, e.g. 'select promise, observed, count(*) n from fate group by all'")
    .option('--tables', 'print each table with what a row of it is, and its columns')
    .action(async (folder: string, sql: string | undefined, options: { readonly tables?: true }) => {
      if ((options.tables ?? false) === (sql !== undefined))
        throw new UserError('query takes either a statement or --tables');
      const lines = await untilSignal(() =>
        withEvidence(folder, (evidence) =>
          sql === undefined ? tableLines(evidence) : rowLines(evidence, sql),
        ),
      );
      for (const line of lines) process.stdout.write(`${line}\n`);
    });
};

async function rowLines(evidence: OpenEvidence, sql: string): Promise<readonly string[]> {
  try {
    return (await evidence.query(sql)).map((row) => JSON.stringify(row));
  } catch (error) {
    throw error instanceof QueryError ? new UserError(`the query failed: ${oneLine(error.reason)}`) : error;
  }
}

/** What DuckDB says, without the statement that it repeats with a mark below. */
function oneLine(reason: string): string {
  return reason
    .replace(/\n+LINE \d+:[\s\S]*$/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

async function tableLines(evidence: OpenEvidence): Promise<readonly string[]> {
  return (await evidence.tables()).flatMap(tableText);
}

function tableText({ name, meaning, columns, absent }: TableEntry): readonly string[] {
  const width = Math.max(0, ...columns.map((column) => column.name.length));
  return [
    `${name}: ${meaning}`,
    ...(absent === undefined ? [] : [`  not in this run: ${absent}`]),
    ...columns.map((column) => `  ${column.name.padEnd(width)}  ${column.type}`),
    '',
  ];
}

export default query;
