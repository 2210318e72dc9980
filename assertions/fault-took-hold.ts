import { z } from 'zod';
import type { Evidence, Figures, PlacedFault, Proof } from '../harness/contracts.ts';
import { defineAssertion } from './lib/define.ts';

interface Proved {
  readonly name: string;
  readonly proof: Proof;
}

export default defineAssertion({
  id: 'fault-took-hold',
  title: 'The fault took hold',
  promise:
    'Each fault of the scenario was really felt on its edge while it was in force, and not any more afterwards. Without that the run proves nothing.',
  needs: ['recording'],
  options: z.strictObject({}),
  async judge(evidence) {
    if (evidence.faults.length === 0) {
      return {
        verdict: 'inconclusive',
        expected: 'at least one fault in force',
        observed: 'no fault',
        figures: {},
        examples: [],
        because: 'the scenario places no fault, so what it says of faults was not tested',
      };
    }
    const proved = await Promise.all(evidence.faults.map((placed) => prove(evidence, placed)));
    const common = {
      expected: proved.map(({ name, proof }) => `${name}: ${proof.expected}`).join('; '),
      observed: proved.map(({ name, proof }) => `${name}: ${proof.observed}`).join('; '),
      figures: figuresOf(proved),
      examples: [],
    };
    const vain = proved.filter(({ proof }) => !proof.held);
    if (vain.length === 0) return { verdict: 'pass', ...common };
    return {
      verdict: 'inconclusive',
      ...common,
      because: `not proved: ${vain.map(({ name, proof }) => `${name} (${proof.observed})`).join('; ')}`,
    };
  },
});

async function prove(evidence: Evidence, { fault, on, window }: PlacedFault): Promise<Proved> {
  const name = `${fault.title} on ${on}`;
  if (window) return { name, proof: await fault.proof(evidence, window) };
  return {
    name,
    proof: { held: false, expected: 'in force for a time', observed: 'it was never in force', figures: {} },
  };
}

/** With one fault its own names; with several each name after its fault's number. */
function figuresOf(proved: readonly Proved[]): Figures {
  if (proved.length === 1) return proved[0]?.proof.figures ?? {};
  return Object.fromEntries(
    proved.flatMap(({ proof }, index) =>
      Object.entries(proof.figures).map(([name, value]) => [`fault${index + 1}.${name}`, value]),
    ),
  );
}
