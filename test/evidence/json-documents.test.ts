import { expect, test } from 'vitest';
import { documentsOf } from '../../harness/evidence/json-documents.ts';

test.each([
  ['', []],
  [' \n', []],
  ['{"a":1}', [{ a: 1 }]],
  ['{"a":1}{"b":[{}]}', [{ a: 1 }, { b: [{}] }]],
  ['{"a":"}{"}\n\n{"b":"\\"}"}\n', [{ a: '}{' }, { b: '"}' }]],
  ['[1][2]', [[1], [2]]],
])('%j', (text, documents) => {
  expect(documentsOf(text)).toEqual(documents);
});

test.each(['{"a":1', '{"a":1}{"b":', 'oops', '{"a":1} oops'])('%j is no sequence of documents', (text) => {
  expect(() => documentsOf(text)).toThrow(SyntaxError);
});
