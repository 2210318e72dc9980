import type { Report, Result } from '../harness/contracts.ts';
import { howProperties } from './lib/how.ts';
import { document, type Element } from './lib/xml.ts';

/**
 * A test case an assertion. JUnit knows no `inconclusive`: it becomes an error of that type, because a CI that shows
 * it green, or as skipped, would hide that nothing was proved. What belongs to no assertion (nothing judged, nothing
 * restored) is a test case of its own, so that no result other than a pass is green.
 */
const junit: Report = {
  id: 'junit',
  fileName: 'junit.xml',
  render(result) {
    const cases = [...result.assertions.map((finding) => findingCase(result, finding)), ...runCases(result)];
    const totals = {
      tests: cases.length,
      failures: having(cases, 'failure'),
      errors: having(cases, 'error'),
    };
    const [first, last] = [result.phases[0], result.phases.at(-1)];
    const time = first && last ? (Date.parse(last.end) - Date.parse(first.start)) / 1000 : 0;
    const suite: Element = {
      name: 'testsuite',
      attributes: {
        name: result.scenario,
        ...totals,
        skipped: 0,
        time,
        // JUnit's timestamp has no zone.
        ...(first ? { timestamp: first.start.replace(/\.\d+Z$/, '') } : {}),
      },
      children: [{ name: 'properties', children: properties(result) }, ...cases],
    };
    return document({ name: 'testsuites', attributes: { name: 'chaoscope', ...totals }, children: [suite] });
  },
};

export default junit;

function having(cases: readonly Element[], outcome: string): number {
  return cases.filter(
    ({ children }) => Array.isArray(children) && children.some(({ name }) => name === outcome),
  ).length;
}

function properties({ run, seed, folder, verdict, tools, how, doubts, notes }: Result): Element[] {
  const values: readonly (readonly [name: string, value: string | number])[] = [
    ...Object.entries({ run, seed, folder, verdict, ...tools }),
    ...(how ? howProperties(how) : []),
    ...doubts.map(({ source, what }) => ['doubt', `${source}: ${what}`] as const),
    ...notes.map((note) => ['note', note] as const),
  ];
  return values.map(([name, value]) => ({ name: 'property', attributes: { name, value } }));
}

function findingCase(result: Result, finding: Result['assertions'][number]): Element {
  const { id, title, verdict, expected, observed, because = '', examples } = finding;
  const attributes = { classname: `chaoscope.${result.scenario}.${id}`, name: title };
  if (verdict === 'pass') {
    return { name: 'testcase', attributes, children: [{ name: 'system-out', children: observed }] };
  }
  const details = [
    `expected: ${expected}`,
    `observed: ${observed}`,
    `because: ${because}`,
    ...examples.map((traceId) => `trace: ${traceId}`),
    `run: ${result.folder}`,
  ].join('\n');
  const outcome: Element = {
    name: verdict === 'fail' ? 'failure' : 'error',
    attributes: { type: verdict, message: because || observed },
    children: details,
  };
  return { name: 'testcase', attributes, children: [outcome] };
}

function runCases(result: Result): Element[] {
  const problems = [
    ...(result.assertions.length === 0 ? [{ type: 'inconclusive', message: 'no assertion was judged' }] : []),
    ...result.cleanupProblems.map((message) => ({ type: 'not-restored', message })),
  ];
  return problems.map(({ type, message }) => ({
    name: 'testcase',
    attributes: { classname: `chaoscope.${result.scenario}.run`, name: 'The run itself' },
    children: [{ name: 'error', attributes: { type, message }, children: message }],
  }));
}
