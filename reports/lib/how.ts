/** How a run was made, for people and for CI. */
import type { How, Result } from '../../harness/contracts.ts';

/** What of the run is not as it is by default; the build is told elsewhere. */
export function deviationsOf({ how }: Pick<Result, 'how'>): readonly string[] {
  if (!how) return [];
  const { collector, jaeger } = how.configurations;
  return [
    ...(how.faultsApplied ? [] : ['no fault was applied (--no-fault)']),
    ...settings(how).map(([name, value]) => `${name}=${value}`),
    ...(collector.file === 'shipped' ? [] : [`Collector configuration ${collector.file}`]),
    ...(jaeger.file === 'shipped' ? [] : [`Jaeger configuration ${jaeger.file}`]),
  ];
}

/** Names and values, all that is known. */
export function howProperties(how: How): readonly (readonly [name: string, value: string | number])[] {
  const { configurations, git, machine } = how;
  return [
    ['faults', how.faultsApplied ? 'applied' : 'not applied (--no-fault)'],
    ...settings(how).map(([name, value]) => [`env ${name}`, value] as const),
    ...Object.entries(configurations).flatMap(
      ([part, { file, sha256 }]) =>
        [
          [`${part} configuration`, file],
          [`${part} configuration sha256`, sha256],
        ] as const,
    ),
    ['chaoscope', how.version],
    ...(git ? ([['git', `${git.revision}${git.isDirty ? ' with changes' : ''}`]] as const) : []),
    ...Object.entries(machine),
  ];
}

/** `service:NAME` and value. */
function settings({ environment }: How): readonly (readonly [string, string])[] {
  return Object.entries(environment).flatMap(([service, variables]) =>
    Object.entries(variables).map(([name, value]) => [`${service}:${name}`, value] as const),
  );
}
