import { percent } from '../../analysis/lib/text.ts';
import { type NamedSuspect, nameOf, type RootCause } from '../../analysis/root-cause/root-cause.ts';
import { number, table } from '../../reports/lib/text.ts';

/** The ranking of one source, with what each suspect did, for a terminal. */
export function rootCauseText({ table: source, spans, suspects }: RootCause, width: number): string {
  const head = `${source}, ${number(spans)} spans`;
  if (spans === 0) return `${head}: nothing can be said without spans`;
  if (suspects.length === 0)
    return `${head}: none (no edge and no service has bad calls that come together in time beyond chance)`;
  const total = suspects.reduce((sum, { score }) => sum + score, 0);
  const rows = suspects.map((suspect, index) => [
    `${index + 1}.`,
    nameOf(suspect),
    percent(total === 0 ? 0 : suspect.score / total),
    `${time(suspect.fromUs)} to ${time(suspect.untilUs)}`,
    `${number(suspect.cluster.bad)} of ${number(suspect.cluster.attempts)} calls bad (${kinds(suspect)}), otherwise ${percent(suspect.cluster.shareOutside)}`,
  ]);
  return [
    head,
    ...table([['', 'suspect', 'weight', 'time (UTC)', 'what its own calls did'], ...rows], 'llrll', width),
  ].join('\n');
}

function kinds({ failed, slow, missing, slowerUs }: NamedSuspect): string {
  return [
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(slow > 0 ? [`${number(slow)} slow by ${number((slowerUs ?? 0) / 1000)} ms on average`] : []),
    ...(missing > 0 ? [`${number(missing)} not made`] : []),
  ].join(', ');
}

function time(us: number): string {
  return new Date(us / 1000).toISOString().slice(11, 21);
}
