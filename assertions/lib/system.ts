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

/**
 * Throws when the system has no such edge, with the list of those that it has.
 * @param option the assertion's option that names it
 */
export function checkEdge(evidence: Evidence, id: string, option = 'edge'): void {
  const { edges, name } = evidence.run.system;
  if (edges.some((edge) => edge.id === id)) return;
  const known = edges.map((edge) => edge.id).join(', ');
  throw new Error(`the system '${name}' has no edge '${id}'. It has: ${known}. Set the option '${option}'.`);
}

/** Throws when the system has no route of one of these names, with the list of those that it has. */
export function checkRoutes({ run }: Evidence, ids: readonly string[]): void {
  const unknown = ids.filter((id) => !run.system.routes.includes(id));
  if (unknown.length === 0) return;
  throw new Error(
    `no route of '${run.system.name}' is called ${unknown.join(', ')}. There are: ${run.system.routes.join(', ')}.`,
  );
}
