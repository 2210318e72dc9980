import type { RunRecord, System } from './contracts.ts';

/** What run.json tells of the system: its parts, their edges, and what it promises; not how it is started. */
export function systemRecord(system: System): RunRecord['system'] {
  return {
    name: system.name,
    entry: system.entry,
    services: Object.fromEntries(
      Object.entries(system.services).map(([name, { kind, criticality, metrics }]) => [
        name,
        { kind, criticality, metrics: metrics !== undefined },
      ]),
    ),
    edges: system.edges,
    promises: system.promises,
    routes: system.traffic.map(({ id }) => id),
    protections: (system.mitigations ?? []).flatMap(({ id, protects = [] }) =>
      protects.map((each) => ({ mitigation: id, ...each })),
    ),
  };
}
