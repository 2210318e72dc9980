import type { Evidence, SamplingPromise } from '../../harness/contracts.ts';

/**
 * The sampling promise of that id, or, without an id, the first that `suits`. Throws when the system declares none,
 * with the list of those that it does.
 * @param what what the promise is about, for the message: `errors`
 */
export function promiseOf(
  evidence: Evidence,
  id: string | undefined,
  what: string,
  suits: (promise: SamplingPromise) => boolean,
): SamplingPromise {
  const { promises, name } = evidence.run.system;
  const promise = promises.find((candidate) => suits(candidate) && (id ?? candidate.id) === candidate.id);
  if (promise) return promise;
  const known = promises.map((each) => `${each.id} (${each.when.kind}, ${each.keepPercent} %)`).join(', ');
  const called = id === undefined ? '' : ` called '${id}'`;
  throw new Error(
    `the system '${name}' declares no sampling promise${called} about ${what}. It declares: ${known}.`,
  );
}

/** Throws when the system has no such edge, with the list of those that it has. */
export function checkEdge(evidence: Evidence, id: string): void {
  const { edges, name } = evidence.run.system;
  if (edges.some((edge) => edge.id === id)) return;
  const known = edges.map((edge) => edge.id).join(', ');
  throw new Error(`the system '${name}' has no edge '${id}'. It has: ${known}. Set the option 'edge'.`);
}
