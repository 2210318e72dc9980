import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/contracts.ts';
import junit from '../../reports/junit.ts';
import { BROKEN, FAILED, PASSED } from './results.ts';

const options = { color: false, width: 80 };
const golden = (name: string): string => join(import.meta.dirname, 'golden', name);
/** The characters that XML 1.0 allows. */
const XML = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

describe('the JUnit report', () => {
  it.each(Object.entries({ failed: FAILED, passed: PASSED, broken: BROKEN }))(
    'writes a run that %s',
    async (name, result) => {
      await expect(junit.render(result, options)).toMatchFileSnapshot(golden(`junit-${name}.xml`));
    },
  );

  it.each([
    ['pass', /<testsuites name="chaoscope" tests="1" failures="0" errors="0">/],
    ['fail', /<failure type="fail" message="r">/],
    ['inconclusive', /<error type="inconclusive" message="r">/],
    ['error', /<error type="error" message="r">/],
  ] as const)('shows the verdict %s', (verdict, shown) => {
    expect(junit.render(withFinding({ verdict, because: 'r' }), options)).toMatch(shown);
  });

  it('is not green when nothing was judged, or not all was restored', () => {
    const nothing = junit.render({ ...PASSED, assertions: [] }, options);
    expect(nothing).toContain('tests="1" failures="0" errors="1"');
    const left = junit.render({ ...PASSED, cleanupProblems: ['a process is left'] }, options);
    expect(left).toContain('<error type="not-restored" message="a process is left">');
  });

  it('says how the run was made', () => {
    const xml = junit.render(FAILED, options);
    expect(xml).toContain('name="faults" value="not applied (--no-fault)"');
    expect(xml).toContain('name="env payment-service:STRIPE_TIMEOUT_MS" value="0"');
    expect(xml).toContain('name="collector configuration" value="mine/collector.yaml"');
    expect(xml).toContain(`name="git" value="${'e'.repeat(40)} with changes"`);
  });

  it('carries any text, and replaces what XML cannot carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (wild) => {
        const because = `${wild}]]>\u0000\ud800<&"'\n\t\r\ufffe${wild}`;
        const xml = junit.render(withFinding({ verdict: 'fail', because }), options);
        expect(xml).toMatch(XML);
        const [, message = '', text = ''] =
          /<failure type="fail" message="([^"]*)">([^<]*)<\/failure>/.exec(xml) ?? [];
        expect(unescaped(message)).toBe(replaced(because));
        expect(unescaped(text)).toContain(`because: ${replaced(because)}\n`);
      }),
    );
  });
});

function withFinding(change: Partial<Result['assertions'][number]>): Result {
  return { ...PASSED, assertions: PASSED.assertions.map((finding) => ({ ...finding, ...change })) };
}

/** What a parser reads; a raw line break or tab in an attribute would come back as a space, so none may be there. */
function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? (named[name] ?? '') : String.fromCodePoint(Number(code)),
    );
}

function replaced(text: string): string {
  return [...text].map((character) => (XML.test(character) ? character : '\ufffd')).join('');
}
