import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { LoadRecord, Phase } from '../../harness/contracts.ts';
import { LiveStats, type LiveView } from '../../harness/live.ts';

/** How often a plain line is written where there is no terminal to redraw. */
const PLAIN_EVERY_MS = 5000;
const REDRAW_EVERY_MS = 500;

/**
 * Shows a run while it is under way: a block that is redrawn on a terminal, a line now and then elsewhere. All goes
 * to stderr, so that stdout holds the report alone.
 */
export class RunView {
  readonly #stream: NodeJS.WriteStream;
  readonly #stats = new LiveStats();
  readonly #redraw: ReturnType<typeof createLogUpdate> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #phases: readonly Phase[] = [];
  #faults = '';

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#redraw = stream.isTTY ? createLogUpdate(stream) : undefined;
  }

  /** A line that stays. */
  message(text: string): void {
    this.#redraw?.clear();
    this.#stream.write(`${text}\n`);
  }

  /** The measured load begins (or its phases are known better than before). */
  load(phases: readonly Phase[], faults: string): void {
    this.#phases = phases;
    this.#faults = faults;
    this.#timer ??= setInterval(() => this.#draw(), this.#redraw ? REDRAW_EVERY_MS : PLAIN_EVERY_MS);
  }

  record(record: LoadRecord): void {
    this.#stats.add(record);
  }

  /** Ends the live display; messages can still be written. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#redraw?.clear();
    this.#redraw?.done();
  }

  #draw(): void {
    const nowUs = Date.now() * 1000;
    const view = this.#stats.view(nowUs);
    const lines = liveLines(view, this.#phases, this.#faults, nowUs);
    if (this.#redraw) this.#redraw(lines.join('\n'));
    else this.#stream.write(`${plainLine(view, this.#phases, nowUs)}\n`);
  }
}

function liveLines(
  view: LiveView,
  phases: readonly Phase[],
  faults: string,
  nowUs: number,
): readonly string[] {
  const width = Math.max(8, ...view.routes.map(({ route }) => route.length));
  const fault = currentPhase(phases, nowUs)?.name === 'fault' && faults ? `  ${faults}` : '';
  return [
    `${styleText('bold', phaseText(phases, nowUs))}${styleText('yellow', fault)}`,
    `  ${Math.round(view.rate)} answers/s, ${view.errors} errors in the last 5 s`,
    ...view.routes.map(
      ({ route, answers, errors, p99Ms }) =>
        `  ${route.padEnd(width)}  ${String(answers).padStart(6)} answers  ${String(errors).padStart(5)} errors  p99 ${milliseconds(p99Ms)}`,
    ),
  ];
}

function plainLine(view: LiveView, phases: readonly Phase[], nowUs: number): string {
  const routes = view.routes.map(({ route, p99Ms }) => `${route} ${milliseconds(p99Ms)}`).join(', ');
  return `${phaseText(phases, nowUs)} | ${Math.round(view.rate)} answers/s | ${view.errors} errors | p99 ${routes || 'no answers yet'}`;
}

function phaseText(phases: readonly Phase[], nowUs: number): string {
  const last = phases.at(-1);
  const first = phases[0];
  const phase = currentPhase(phases, nowUs);
  if (!phase || !last || !first) return 'waiting for the last answers';
  const elapsed = Math.max(0, Math.round((nowUs - first.startUs) / 1e6));
  const remaining = Math.max(0, Math.round((last.endUs - nowUs) / 1e6));
  return `${phase.name} | ${elapsed} s elapsed, ${remaining} s remaining`;
}

function currentPhase(phases: readonly Phase[], nowUs: number): Phase | undefined {
  return phases.find((phase) => nowUs < phase.endUs);
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} ms`;
}
