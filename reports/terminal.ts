import { styleText } from 'node:util';
import type { Report, Result, Verdict } from '../harness/contracts.ts';
import { deviationsOf } from './lib/how.ts';
import { conservationSection, fateSection, lostSection, routesSection } from './lib/sections.ts';
import { labelled, number, plain, quoted, wrap } from './lib/text.ts';

type Options = Parameters<Report['render']>[1];
type Finding = Result['assertions'][number];

/** Below this a line is not readable, and is broken by the terminal instead. */
const LEAST_WIDTH = 40;
const INDENT = '    ';

const LOOK = {
  pass: { mark: '✓', color: 'green' },
  fail: { mark: '✗', color: 'red' },
  inconclusive: { mark: '?', color: 'yellow' },
  error: { mark: '!', color: 'magenta' },
} as const satisfies Record<Verdict, { mark: string; color: string }>;

/** For a tired person: the verdict, then a line an assertion, then the numbers, then where to look. */
const terminal: Report = {
  id: 'terminal',
  render(result, options) {
    const width = Math.max(options.width, LEAST_WIDTH);
    const bold = (text: string): string => (options.color ? paint('bold', text) : text);
    const sections = [
      headline(result, width, options),
      labelled('Hypothesis: ', result.hypothesis, width),
      result.assertions.flatMap((finding) => assertion(finding, result, width, options)),
      problem(result, width),
      remarks(result, width),
      titled(bold, fateSection(result, width)),
      titled(bold, lostSection(result, width)),
      titled(bold, conservationSection(result, width)),
      titled(bold, routesSection(result, width)),
      facts(result, width),
    ];
    return `${sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`;
  },
};

export default terminal;

function paint(format: Parameters<typeof styleText>[0], text: string): string {
  // The option decides, not the stream: the report does not know where it is shown.
  return styleText(format, text, { validateStream: false });
}

function headline(result: Result, width: number, { color }: Options): string[] {
  const word = result.verdict.toUpperCase();
  const [first = '', ...rest] = wrap(`${word}  ${result.title} (${result.scenario})`, width);
  const painted = color
    ? first.replace(word, paint(['bold', 'inverse', LOOK[result.verdict].color], word))
    : first;
  return [painted, ...rest, ...wrap(plain(result.because), width)];
}

function assertion(finding: Finding, result: Result, width: number, { color }: Options): string[] {
  const { mark, color: hue } = LOOK[finding.verdict];
  const column = Math.max(...result.assertions.map(({ title }) => title.length)) + 4;
  const observed = plain(finding.observed);
  const passed = finding.verdict === 'pass';
  const beside = passed && width - column >= 30;
  const lines = beside
    ? labelled(`${mark} ${finding.title}`.padEnd(column), observed, width)
    : [...labelled(`${mark} `, finding.title, width), ...(passed ? labelled(INDENT, observed, width) : [])];
  const [first = '', ...rest] = passed ? lines : [...lines, ...details(finding, result.folder, width)];
  return [color ? first.replace(mark, paint(hue, mark)) : first, ...rest];
}

function details(
  { verdict, expected, observed, because = '', examples }: Finding,
  folder: string,
  width: number,
): string[] {
  const [example] = examples;
  return [
    ...labelled(`${INDENT}verdict   `, verdict, width),
    ...labelled(`${INDENT}expected  `, plain(expected), width),
    ...labelled(`${INDENT}observed  `, plain(observed), width),
    ...labelled(`${INDENT}because   `, plain(because), width),
    ...(examples.length > 0 ? labelled(`${INDENT}look at   `, examples.join(' '), width) : []),
    // Not broken: to be copied.
    ...(example ? [`${INDENT}by        npx chaoscope trace ${quoted(folder)} ${example}`] : []),
  ];
}

function problem({ problem: died, cleanupProblems }: Result, width: number): string[] {
  const log = died?.logTail.trimEnd() ?? '';
  return [
    ...(died
      ? wrap(`${died.part} (${died.partKind}) died: ${plain(died.message)}. Its log ends:`, width)
      : []),
    ...(log === ''
      ? []
      : plain(log)
          .split('\n')
          .map((line) => `  | ${line}`)),
    ...cleanupProblems.flatMap((text) => labelled('Not restored: ', plain(text), width)),
  ];
}

/** What of the evidence is doubtful, and why a verdict is perhaps not what the numbers suggest; then what is harmless. */
function remarks({ doubts, notes }: Result, width: number): string[] {
  return [
    ...doubts.flatMap(({ source, what }) => labelled('Doubtful: ', plain(`${source}: ${what}`), width)),
    ...notes.flatMap((note) => labelled('Note: ', plain(note), width)),
  ];
}

function titled(bold: (text: string) => string, [title, ...lines]: readonly string[]): string[] {
  return title === undefined ? [] : [bold(title), ...lines];
}

function facts(result: Result, width: number): string[] {
  const { planned, sent, answered, rate } = result.requests;
  const seconds = (start: string, end: string): string =>
    `${number((Date.parse(end) - Date.parse(start)) / 1000)} s`;
  const phases = result.phases.map(({ name, start, end }) => `${name} ${seconds(start, end)}`);
  const deviations = deviationsOf(result);
  const timings = Object.entries(result.timings).map(
    ([name, value]) => `${name.replace(/S$/, '')} ${number(value, 1)} s`,
  );
  return [
    ...labelled(
      'Requests   ',
      `${number(planned)} planned, ${number(sent)} sent, ${number(answered)} answered; ${number(rate, 1)}/s without the warm-up`,
      width,
    ),
    ...(result.build ? labelled('Build      ', buildText(result.build), width) : []),
    ...(deviations.length > 0 ? labelled('Changed    ', plain(deviations.join('; ')), width) : []),
    ...(phases.length > 0 ? labelled('Phases     ', `${phases.join(', ')}; seed ${result.seed}`, width) : []),
    ...(timings.length > 0 ? labelled('After load ', timings.join(', '), width) : []),
    // Not broken: to be copied.
    `Run        ${result.folder}`,
    `Again      npx chaoscope judge ${quoted(result.folder)}`,
    `Exit code  ${result.exitCode}`,
  ];
}

function buildText({ id, on, off }: NonNullable<Result['build']>): string {
  if (off.length === 0) return `${id}, with every mitigation`;
  if (on.length === 0) return `${id}, without any mitigation`;
  return `${id}, without ${off.join(', ')}`;
}
