/** Mutations at random, for fast-check. */
import fc from 'fast-check';
import { TABLES } from '../../harness/evidence/tables.ts';
import { COLUMNS, type Mutation } from './mutations.ts';

const share = fc.constantFrom(0.002, 0.1, 0.5, 1);
const spans = fc.constantFrom('recording' as const, 'archive' as const);
const table = fc.constantFrom('ledger' as const, 'recording' as const, 'archive' as const, 'gauges' as const);
const column = fc.constantFrom(...COLUMNS).map(([name, of]) => ({ table: name, column: of }));
const number = fc
  .constantFrom(
    ...COLUMNS.filter(([name, of]) =>
      Object.entries(TABLES[name]).some(([key, type]) => key === of && type !== 'VARCHAR'),
    ),
  )
  .map(([name, of]) => ({ table: name, column: of }));
const position = fc.double({ min: 0, max: 1, noNaN: true });

/** What a disk, a copy or a transfer does to a file. */
export function fileMutation(files: readonly string[]): fc.Arbitrary<Mutation> {
  const file = fc.constantFrom(...files);
  return fc.oneof(
    fc.record({ kind: fc.constant('truncate' as const), file, at: position }),
    fc.record({
      kind: fc.constant('flip' as const),
      file,
      at: position,
      bits: fc.integer({ min: 1, max: 255 }),
    }),
    fc.record({ kind: fc.constant('zero' as const), file, at: position }),
    fc.record({ kind: fc.constant('append' as const), file }),
    fc
      .record({ kind: fc.constant('swap' as const), file, other: file })
      .filter((mutation) => mutation.file !== mutation.other),
  );
}

/** What a defect of the system, of a clock or of a gatherer does to rows. */
export const rowMutation: fc.Arbitrary<Mutation> = fc.oneof(
  column.map((of) => ({ kind: 'drop-column' as const, ...of })),
  number.map((of) => ({ kind: 'text-column' as const, ...of })),
  fc
    .record({ column, share })
    .map(({ column: of, share: part }) => ({ kind: 'nulls' as const, ...of, share: part })),
  fc.record({ kind: fc.constant('duplicate-rows' as const), table, share }),
  fc.record({ kind: fc.constant('no-rows' as const), table }),
  fc.record({
    kind: fc.constant('clock-jump' as const),
    table: spans,
    hours: fc.constantFrom(-48, -1, 1, 48, 1e6),
    share,
  }),
  fc.record({ kind: fc.constant('backwards' as const), table: spans, share }),
  fc.record({ kind: fc.constant('same-span-id' as const), table: spans, share }),
  fc.record({
    kind: fc.constant('same-trace-id' as const),
    table: fc.constantFrom('recording' as const, 'archive' as const, 'ledger' as const),
    share,
  }),
);
