/** What becomes of the parts of the stack while the load goes on: on the timeline, and as the end of the run when one dies. */
import type { PartControl, PartDeath, RunRecord, Stack } from './contracts.ts';
import type { Timeline } from './evidence/timeline.ts';

/** The parts as a fault acts on them, with what becomes of them on the timeline. */
export function marked(
  controls: ReadonlyMap<string, PartControl>,
  timeline: Timeline,
): ReadonlyMap<string, PartControl> {
  return new Map(
    [...controls].map(([name, part]) => [
      name,
      {
        ...part,
        end: async (how) => {
          // Before it is done: what the part held is in danger from here on.
          timeline.add('part', name, 'ending', { how });
          await part.end(how);
          timeline.add('part', name, 'ended', { how });
        },
        start: async () => {
          timeline.add('part', name, 'starting');
          await part.start();
          timeline.add('part', name, 'started');
        },
      } satisfies PartControl,
    ]),
  );
}

/** Puts each death on the timeline; the first one aborts the signal and is the run's problem. */
export function watchDeaths(
  stack: Stack,
  timeline: Timeline,
): { readonly signal: AbortSignal; problem(): RunRecord['problem'] } {
  const controller = new AbortController();
  let first: PartDeath | undefined;
  stack.onDeath((death) => {
    timeline.add('part', death.part.name, 'died', { how: death.how });
    first ??= death;
    controller.abort(new Error(deathMessage(death)));
  });
  return {
    signal: controller.signal,
    problem: () =>
      first && {
        part: first.part.name,
        partKind: first.part.kind,
        message: deathMessage(first),
        logTail: first.logTail,
      },
  };
}

function deathMessage({ part, how }: PartDeath): string {
  return `${part.name} died: ${how}`;
}
