import type { FateRow, LedgerRow } from '../harness/contracts.ts';
import { UserError } from '../harness/errors.ts';
import type { OpenEvidence } from '../harness/evidence/store.ts';
import { forestOf, readTrace } from '../harness/evidence/trace-spans.ts';
import { plain } from '../reports/lib/text.ts';
import type { CommandFile } from './lib/command-file.ts';
import { fateLine, requestLine, treeLines } from './lib/trace-lines.ts';
import { untilSignal } from './lib/until-signal.ts';
import { withEvidence } from './lib/with-evidence.ts';

/** `chaoscope trace RUN TRACE_ID`: one trace as a tree, to look at what an assertion gives as its example. */
const trace: CommandFile = (program) => {
  program
    .command('trace')
    .description('show one trace of a run as a tree, with what of it was kept and what was lost')
    .argument('<run>', 'a folder of runs/')
    .argument('<trace-id>', '32 hex digits, e.g. of a `look at` line of the report')
    .action(async (folder: string, id: string) => {
      const traceId = id.toLowerCase();
      if (!/^[0-9a-f]{32}$/.test(traceId))
        throw new UserError(`'${id}' is no trace id: it has 32 hex digits`);
      const lines = await untilSignal(() =>
        withEvidence(folder, (evidence) => traceLines(evidence, traceId)),
      );
      for (const line of lines) process.stdout.write(`${line}\n`);
    });
};

/** @throws UserError when neither a request nor a span has the id */
export async function traceLines(
  evidence: OpenEvidence,
  traceId: string,
  color = process.stdout.isTTY && process.stdout.hasColors() && !process.env['NO_COLOR'],
): Promise<readonly string[]> {
  const request = await requestOf(evidence, traceId);
  const spans = await readTrace(evidence, traceId);
  if (!request && spans.length === 0)
    throw new UserError(`no request and no span of this run has the trace id ${traceId}`);
  const fate = request ? await fateOf(evidence, traceId) : undefined;
  return [
    plain(requestLine(request)),
    ...(fate ? [fateLine(fate)] : []),
    ...(spans.length === 0
      ? ['no span of it was recorded or kept']
      : treeLines(forestOf(spans, request?.span_id), { color, isPromised: fate?.promised_kept === true })),
  ];
}

async function requestOf(evidence: OpenEvidence, traceId: string) {
  if (!evidence.sources.has('ledger')) return undefined;
  const [row] = await evidence.query<LedgerRow>('SELECT * FROM ledger WHERE trace_id = $traceId', {
    traceId,
  });
  return row;
}

/** Undefined when the fate of traces cannot be told in this run. */
async function fateOf(evidence: OpenEvidence, traceId: string) {
  const needed = ['ledger', 'recording', 'archive'] as const;
  if (needed.some((source) => !evidence.sources.has(source))) return undefined;
  const [row] = await evidence.query<FateRow>('SELECT * FROM fate WHERE trace_id = $traceId', { traceId });
  return row;
}

export default trace;
