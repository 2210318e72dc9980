import { resultJsonSchema } from '../harness/result-schema.ts';
import type { CommandFile } from './lib/command-file.ts';

/** `chaoscope schema`: the JSON schema of result.json. */
const schema: CommandFile = (program) => {
  program
    .command('schema')
    .description('print the JSON schema of result.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
    });
};

export default schema;
