/** Values that meet often enough for policies to match, and the odd ones. */
import type { Value } from './spans.ts';

export const KEYS = ['text', 'num', 'flag', 'a.b/c~d"e', 'absent'] as const;

export const TEXTS = [
  'abc',
  'GET /items/42',
  '5',
  'true',
  '',
  "it's",
  'ä€😀',
  'a\nc',
  'line\nbreak',
  'NaN?',
  '"text":"abc"',
  'back\\slash',
];

export const INTS = [0n, 1n, 5n, 200n, 404n, 503n, -3n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];

export const DOUBLES = [0, 5, 5.5, -1.25, 0.1, 1e21, 9007199254740992];

export const VALUES: readonly Value[] = [
  ...TEXTS.map((stringValue) => ({ stringValue })),
  ...INTS.map((intValue) => ({ intValue })),
  ...DOUBLES.map((doubleValue) => ({ doubleValue })),
  { boolValue: true },
  { boolValue: false },
  { arrayValue: [{ stringValue: 'abc' }, { intValue: 5n }] },
  { empty: true },
];

export const NAMES = ['abc', 'GET /items/42', 'SELECT shop', ''];

export const MESSAGES = ['', 'abc', 'HTTP 503'];

export const TRACE_STATES = [
  '',
  'vendor=a',
  'vendor=b,other=a',
  'other=a,,vendor=a,',
  ' \tvendor=a \t, other=b',
  'vendor= a',
  'vendor =a',
  'vendor=a,vendor=a',
  'vendor=a,Bad=a',
  'vendor=a=b',
  'vendor=a, ',
  'vendor',
  'tenant@sys=a,vendor=c',
  '1vendor=a',
  'vendor=ä',
  `vendor=a,${Array.from({ length: 31 }, (_, index) => `k${index}=v`).join(',')}`,
  `vendor=a,${Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(',')}`,
];
