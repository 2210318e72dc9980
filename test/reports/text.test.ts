import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelled, plain, table, wrap } from '../../reports/lib/text.ts';

describe('wrap', () => {
  it('keeps every character but spaces at which it breaks, and never exceeds the width', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(/[ \n]/g, ''));
      }),
    );
  });

  it('breaks at spaces, and words that are longer than a line', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});

it('labelled: the label once, as much room below', () => {
  expect(labelled('why: ', 'one two three', 13)).toEqual(['why: one two', '     three']);
});

it('table: aligns columns and cuts what does not fit', () => {
  const rows = [
    ['name', 'count'],
    ['a', '1,000'],
  ];
  expect(table(rows, 'lr', 40)).toEqual(['name  count', 'a     1,000']);
  expect(table(rows, 'lr', 8)).toEqual(['name  c…', 'a     1…']);
});

it('plain: removes what steers a terminal, keeps line breaks', () => {
  expect(plain('a\u001b[31mred\u001b[0m\u0007\r\nb\u0085c')).toBe('ared\nbc');
});
