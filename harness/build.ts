/** Which mitigations of a system are on, and the settings that switch the others off. */
import type { BuildRecord, ServiceEnvironment, System } from './contracts.ts';
import { UserError } from './errors.ts';

export interface BuildChoice {
  /** Id of a build; undefined = the system's first. */
  readonly build?: string | undefined;
  /** Mitigations that are switched on, and off, beside what the build says. */
  readonly on: readonly string[];
  readonly off: readonly string[];
}

export interface ChosenBuild {
  readonly record: BuildRecord;
  readonly environment: ServiceEnvironment;
}

/**
 * Resolves a choice; undefined when the system has no mitigations.
 * @throws UserError that names each build and mitigation that does not exist
 */
export function chooseBuild(system: System, choice: BuildChoice): ChosenBuild | undefined {
  const { builds = [], mitigations = [] } = system;
  const all = mitigations.map(({ id }) => id);
  const chosen = choice.build === undefined ? builds[0] : builds.find(({ id }) => id === choice.build);
  const problems = [
    ...(choice.build !== undefined && !chosen
      ? [`${system.name} has no build '${choice.build}'. It has: ${listOf(builds.map(({ id }) => id))}.`]
      : []),
    ...[...choice.on, ...choice.off]
      .filter((id) => !all.includes(id))
      .map((id) => `${system.name} has no mitigation '${id}'. It has: ${listOf(all)}.`),
    ...choice.on
      .filter((id) => choice.off.includes(id))
      .map((id) => `the mitigation '${id}' cannot be both on and off; leave one of the options out.`),
  ];
  const base = chosen?.mitigations ?? all;
  const name = chosen?.id ?? 'default';
  const wished = problems.length > 0 ? { on: [], off: [] } : choice;
  const idle = [
    ...wished.on
      .filter((id) => base.includes(id))
      .map((id) => `the build '${name}' has '${id}' already; leave --with ${id} out.`),
    ...wished.off
      .filter((id) => !base.includes(id))
      .map((id) => `the build '${name}' does not have '${id}' anyway; leave --without ${id} out.`),
  ];
  if (problems.length + idle.length > 0) throw new UserError([...problems, ...idle].join('\n'));
  if (mitigations.length === 0) return undefined;
  const isOn = (id: string): boolean =>
    (base.includes(id) || choice.on.includes(id)) && !choice.off.includes(id);
  const off = mitigations.filter(({ id }) => !isOn(id));
  return {
    record: { id: name, on: all.filter(isOn), off: off.map(({ id }) => id) },
    environment: mergeEnvironments(...off.map((mitigation) => mitigation.off)),
  };
}

/** By service and name; later ones win. */
export function mergeEnvironments(...list: readonly ServiceEnvironment[]): ServiceEnvironment {
  const merged: Record<string, Record<string, string>> = {};
  for (const each of list) {
    for (const [service, variables] of Object.entries(each))
      merged[service] = { ...merged[service], ...variables };
  }
  return merged;
}

function listOf(ids: readonly string[]): string {
  return ids.length === 0 ? 'none' : ids.join(', ');
}
