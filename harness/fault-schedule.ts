import type { Cleanup } from './cleanup.ts';
import { nowUs, sleepUntil } from './clock.ts';
import type { EdgeProxy, PartControl, ScenarioFault } from './contracts.ts';
import { messageOf } from './errors.ts';
import type { Mark } from './mark.ts';

/** How long the undo of a fault may take before it counts as not restored; a part has to start again. */
const REVERT_DEADLINE_MS = 10_000;
const RESTART_DEADLINE_MS = 40_000;

export interface FaultTimes {
  /** When it was read back as in force; undefined when it never was. */
  readonly fromUs?: number;
  /** When it was read back as gone. */
  readonly untilUs?: number;
}

export interface FaultOrder {
  readonly planned: ScenarioFault;
  /** What the fault acts on: a proxy, or a part when it is a fault on a part. */
  readonly target: EdgeProxy | PartControl;
  readonly fromUs: number;
  readonly untilUs: number;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  readonly mark: Mark;
}

/**
 * Holds one fault on one edge from one instant to another. Its undo is registered before it is applied, and both
 * are read back. A fault that cannot be applied is written to the timeline and does not end the run: the run then
 * shows no effect, and the judge says so. Rejects when `signal` aborts; the registered undo is still to be run.
 */
export async function holdFault(order: FaultOrder): Promise<FaultTimes> {
  const { planned, mark } = order;
  const { fault, on } = planned;
  const actions = actionsOf(order);
  await sleepUntil(order.fromUs, order.signal);
  let gone = false;
  const undo = async (): Promise<void> => {
    if (gone) return;
    await revert(order, actions);
    gone = true;
  };
  order.cleanup.register(
    `revert ${fault.title} on ${on}`,
    undo,
    fault.acts === 'part' ? RESTART_DEADLINE_MS : REVERT_DEADLINE_MS,
  );
  try {
    await actions.apply();
    mark('fault', on, 'applied', { fault: fault.id, ...fault.parameters });
    if (!(await actions.inForce())) throw new Error('read back after applying, it is not in force');
  } catch (error) {
    mark('fault', on, 'apply-failed', { fault: fault.id, error: messageOf(error) });
    await undo();
    return {};
  }
  const fromUs = nowUs();
  mark('fault', on, 'verified', { fault: fault.id });
  await sleepUntil(order.untilUs, order.signal);
  try {
    await undo();
  } catch (error) {
    // Not lost: the registered undo tries again when the run ends, and reports it if that fails as well.
    mark('fault', on, 'revert-failed', { fault: fault.id, error: messageOf(error) });
    return { fromUs };
  }
  return { fromUs, untilUs: nowUs() };
}

async function revert({ planned: { fault, on }, mark }: FaultOrder, actions: Actions): Promise<void> {
  await actions.revert();
  mark('fault', on, 'reverted', { fault: fault.id });
  if (await actions.inForce()) throw new Error(`read back after the undo, ${fault.title} is still in force`);
  mark('fault', on, 'verified-gone', { fault: fault.id });
}

interface Actions {
  apply(): Promise<void>;
  revert(): Promise<void>;
  inForce(): Promise<boolean>;
}

/** The fault bound to what it acts on. */
function actionsOf({ planned: { fault, on }, target }: FaultOrder): Actions {
  if (fault.acts === 'part') {
    if (!('end' in target)) throw new Error(`${fault.title} acts on a part, and ${on} is none`);
    return {
      apply: () => fault.apply(target),
      revert: () => fault.revert(target),
      inForce: () => fault.inForce(target),
    };
  }
  if ('end' in target) throw new Error(`${fault.title} acts on an edge, and ${on} is a part`);
  return {
    apply: () => fault.apply(target),
    revert: () => fault.revert(target),
    inForce: () => fault.inForce(target),
  };
}
