/** An import from one file of the project to another, both as paths from the root. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Only types are imported; nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** It is part of a cycle. */
  readonly circular: boolean;
}

/** Who may import whom beside its own folder; a folder that is missing here may import nothing and be imported by none. */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[] | 'anything'>> = {
  services: [],
  faults: [],
  reports: [],
  analysis: [],
  assertions: ['analysis'],
  harness: [],
  scenarios: ['services', 'faults', 'assertions'],
  commands: 'anything',
  bin: 'anything',
  bench: 'anything',
  test: 'anything',
};

/** Free for all but services: types only. */
const CONTRACTS = 'harness/contracts.ts';
/** Free for all but services: the error classes and exit codes, a file that imports nothing itself. */
const ERRORS = 'harness/errors.ts';
/** May import anything, like the commands that it loads; a file, since it is the only entry. */
const ENTRY = 'cli.ts';

/** What breaks the table, a sentence each; empty when nothing does. */
export function importProblems(imports: readonly Import[]): readonly string[] {
  return imports.flatMap((each) => {
    const problems: string[] = [];
    if (each.circular) problems.push(`${each.from} and ${each.to} import each other in a cycle`);
    if (!allowed(each)) problems.push(`${each.from} must not import ${each.to}`);
    return problems;
  });
}

function allowed({ from, to, typeOnly }: Import): boolean {
  if (from === ENTRY) return true;
  const [fromFolder = '', toFolder = ''] = [from.split('/')[0], to.split('/')[0]];
  const table = IMPORT_TABLE[fromFolder];
  if (table === undefined) return false;
  if (table === 'anything' || fromFolder === toFolder) return true;
  if (to === ERRORS || (to === CONTRACTS && typeOnly)) return fromFolder !== 'services';
  return table.includes(toFolder);
}
