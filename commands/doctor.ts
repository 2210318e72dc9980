import { EXIT } from '../harness/errors.ts';
import { checkMachine } from '../harness/stack/doctor.ts';
import type { CommandFile } from './lib/command-file.ts';

const MARKS = { ok: '✓', warning: '!', missing: '✗' } as const;

/** `chaoscope doctor`: what a run needs of this machine, what is missing, and the remedy for each. */
const doctor: CommandFile = (program, done) => {
  program
    .command('doctor')
    .description('say what is there, what is missing, and the remedy')
    .action(async () => {
      const checks = await checkMachine();
      const width = Math.max(...checks.map(({ name }) => name.length));
      for (const { name, status, found, remedy } of checks) {
        process.stdout.write(`${MARKS[status]} ${name.padEnd(width)}  ${found}\n`);
        if (remedy) process.stdout.write(`  ${' '.repeat(width)}  -> ${remedy}\n`);
      }
      const missing = checks.filter(({ status }) => status === 'missing').length;
      process.stdout.write(missing === 0 ? '\nReady to run.\n' : `\n${missing} missing: see the remedies.\n`);
      done(missing === 0 ? EXIT.pass : EXIT.usage);
    });
};

export default doctor;
