import { describe, expect, it } from 'vitest';
import tracesUnbroken from '../../assertions/traces-unbroken.ts';
import { healthyRequests, type RunSpec, START_US, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { changed, judgeRun, UNSETTLED } from './judge-run.ts';

const seqOf = (suits: (request: ReturnType<typeof healthyRequests>[number]) => boolean): number =>
  healthyRequests().findIndex(suits);
const firstRead = seqOf(({ route }) => route === 'product-read');
const firstOrder = seqOf(({ route }) => route === 'order-create');
const firstFailed = seqOf(({ outcome }) => outcome === 'error');

const broken: readonly [string, string, RunSpec][] = [
  [
    'an answered request left no span',
    'answeredWithoutSpan',
    { requests: changed((_, index) => index === firstRead, { recorded: 'none', archived: 'absent' }) },
  ],
  [
    'the entry span is missing',
    'withoutRoot',
    { requests: changed((_, index) => index === firstOrder, { recorded: 'no-entry' }) },
  ],
  ['a request has two roots', 'severalRoots', { mutate: secondRoot }],
  ['a span within a request has no parent', 'severalRoots', { mutate: rootless }],
  ['a span has lost its parent', 'orphanSpans', { mutate: orphan }],
  ['a hop lost the trace context', 'begunInside', { mutate: lostContext }],
  ['a hop lost the trace context', 'hopsNotJoined', { mutate: lostContext }],
  [
    'a trace is archived in part',
    'archivedInPart',
    { requests: changed((_, index) => index === firstFailed, { archived: 'part' }) },
  ],
  ['the archive has an orphan', 'archivedOrphans', { mutate: archivedOrphan }],
];

describe('traces-unbroken', () => {
  it('passes when each trace is whole', async () => {
    const finding = await judgeRun(tracesUnbroken.with());
    expect(finding).toMatchObject({
      verdict: 'pass',
      figures: { traces: 400, orphanSpans: 0, hopsNotJoined: 0, begunInside: 0 },
      examples: [],
    });
    expect(finding.observed).toMatch(/^all are: [\d,]+ spans, \d[\d,]* joined hops, \d+ kept complete$/);
  });

  it.each(broken)('fails when %s (%s)', async (_, figure, spec) => {
    const finding = await judgeRun(tracesUnbroken.with(), spec);
    expect(finding.verdict).toBe('fail');
    expect(finding.figures[figure]).toBeGreaterThan(0);
    expect(finding.examples.length).toBeGreaterThan(0);
  });

  it('counts a span once, however often it was delivered', async () => {
    const healthy = await judgeRun(tracesUnbroken.with());
    expect(await judgeRun(tracesUnbroken.with(), { mutate: twice })).toEqual(healthy);
    const finding = await judgeRun(tracesUnbroken.with(), {
      mutate(tables) {
        orphan(tables);
        archivedOrphan(tables);
        twice(tables);
      },
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { orphanSpans: 1, archivedOrphans: 1 } });
  });

  it('is inconclusive when no call of an edge was joined, unless the scenario does not use it', async () => {
    const requests = healthyRequests().filter(({ route }) => route !== 'order-create');
    const notUsed = ['gateway-to-order', 'order-to-inventory', 'order-to-payment', 'order-to-notification'];
    const finding = await judgeRun(tracesUnbroken.with(), { requests });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: `no call on ${notUsed.join(', ')} was joined to what the callee recorded: see that it records and exports its spans, or name the edge in the option 'unexercised'`,
    });
    const unexercised = tracesUnbroken.with({ unexercised: notUsed });
    expect((await judgeRun(unexercised, { requests })).verdict).toBe('pass');
    expect(await judgeRun(unexercised, { requests, mutate: silentInventory })).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('no call on gateway-to-inventory was joined'),
    });
    await expect(judgeRun(tracesUnbroken.with({ unexercised: ['a-to-b'] }))).rejects.toThrow(
      "no edge 'a-to-b'",
    );
  });

  it('names the service at which traces began', async () => {
    const finding = await judgeRun(tracesUnbroken.with(), { mutate: lostContext });
    expect(finding.because).toContain('1 trace that began inside the system (payment-service 1)');
    expect(finding.because).toContain('1 answered call without the span of the callee (order-to-payment 1)');
  });

  it.each<[string, RunSpec]>([
    [
      'a request that was refused leaves neither answer nor span',
      {
        requests: changed((_, index) => index === firstRead, {
          status: 0,
          recorded: 'none',
          archived: 'absent',
        }),
      },
    ],
    ['a caller gave up, and the callee recorded nothing', { mutate: withoutCallee(null) }],
    ['a probe comes without a context', { mutate: probe('/ready', START_US + 1e6) }],
    ['a service is asked before the load starts', { mutate: probe('/anything', START_US - 60e6) }],
    ['a service works on its own, by a timer', { mutate: timer }],
  ])('passes when %s', async (_, spec) => {
    expect(await judgeRun(tracesUnbroken.with(), spec)).toMatchObject({ verdict: 'pass' });
  });

  it('fails when the callee recorded nothing of a call that it answered', async () => {
    const finding = await judgeRun(tracesUnbroken.with(), { mutate: withoutCallee(200) });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { hopsNotJoined: 1 } });
  });

  it('takes a missing part for nothing when the archive was not stable, and a broken recording for what it is', async () => {
    const requests = changed((_, index) => index === firstFailed, { archived: 'part' });
    expect(await judgeRun(tracesUnbroken.with(), { requests, run: UNSETTLED })).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('still growing'),
    });
    expect(await judgeRun(tracesUnbroken.with(), { mutate: orphan, run: UNSETTLED })).toMatchObject({
      verdict: 'fail',
    });
  });

  it.each<[string, string, RunSpec]>([
    [
      'nothing was recorded',
      'no request has a recorded trace',
      { requests: changed(() => true, { recorded: 'none', status: 0, archived: 'absent' }) },
    ],
    [
      'no hop was recorded',
      'no call from service to service',
      { requests: changed(() => true, { route: 'health' }) },
    ],
    [
      'nothing was archived',
      'no trace was archived',
      { requests: changed(() => true, { archived: 'absent' }) },
    ],
  ])('is inconclusive when %s', async (_, because, spec) => {
    const finding = await judgeRun(tracesUnbroken.with(), spec);
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain(because);
  });
});

function secondRoot(tables: Tables): void {
  const [entry] = tables.spansOf(firstRead);
  if (entry) tables.recording.push({ ...entry, span_id: '1'.repeat(16) });
}

function rootless(tables: Tables): void {
  const ids = tables
    .spansOf(firstOrder)
    .flatMap(({ name, span_id }) => (name === 'order.create' ? [span_id] : []));
  for (const span of [...tables.recording, ...tables.archive])
    if (ids.includes(span.span_id)) span.parent_id = null;
}

function twice(tables: Tables): void {
  tables.recording.push(...tables.recording.map((span) => ({ ...span })));
  tables.archive.push(...tables.archive.map((span) => ({ ...span })));
}

/** Inventory records nothing, and its callers do not say whom they call. */
function silentInventory(tables: Tables): void {
  const isKept = ({ service }: { service: string }) => service !== 'inventory-service';
  tables.recording = tables.recording.filter(isKept);
  tables.archive = tables.archive.filter(isKept);
  for (const span of [...tables.recording, ...tables.archive])
    if (span.peer_service === 'inventory-service') span.peer_service = null;
}

function orphan(tables: Tables): void {
  const last = tables.spansOf(firstRead).at(-1);
  if (last) last.parent_id = '2'.repeat(16);
}

/** What payment records of the first order becomes a trace of its own, as when the header is dropped on the way. */
function lostContext(tables: Tables): void {
  const spans = tables.spansOf(firstOrder);
  const root = spans.find(({ service, kind }) => service === 'payment-service' && kind === 'server');
  if (!root) throw new Error('the fixture recorded no payment');
  const below = new Set([root.span_id]);
  for (const span of spans) {
    if (below.has(span.parent_id ?? '')) below.add(span.span_id);
    if (below.has(span.span_id)) span.trace_id = '3'.repeat(32);
  }
  root.parent_id = null;
}

/** The read's call to inventory loses its callee's spans; the caller got that status, or gave up (null). */
function withoutCallee(status: number | null): (tables: Tables) => void {
  return (tables) => {
    const spans = tables.spansOf(firstRead);
    const server = spans.find(({ service, kind }) => service === 'inventory-service' && kind === 'server');
    const call = spans.find(({ span_id }) => span_id === server?.parent_id);
    if (!server || !call) throw new Error('the fixture recorded no call to inventory');
    call.http_status = status;
    call.peer_service = 'inventory-service';
    const gone = ({ service, trace_id }: { service: string; trace_id: string }): boolean =>
      service === 'inventory-service' && trace_id === traceIdOf(firstRead);
    tables.recording = tables.recording.filter((span) => !gone(span));
    tables.archive = tables.archive.filter((span) => !gone(span));
  };
}

function probe(path: string, atUs: number): (tables: Tables) => void {
  return (tables) => {
    const [entry] = tables.spansOf(firstRead);
    if (!entry) return;
    const own = { trace_id: '4'.repeat(32), span_id: '4'.repeat(16), parent_id: null };
    tables.recording.push({
      ...entry,
      ...own,
      service: 'order-service',
      url_path: path,
      start_us: atUs,
      end_us: atUs + 1000,
    });
  };
}

function timer(tables: Tables): void {
  const [entry] = tables.spansOf(firstRead);
  if (!entry) return;
  const own = { trace_id: '5'.repeat(32), span_id: '5'.repeat(16), parent_id: null };
  tables.recording.push({
    ...entry,
    ...own,
    service: 'order-service',
    kind: 'internal',
    name: 'outbox.poll',
  });
}

function archivedOrphan(tables: Tables): void {
  const inner = tables.archive.find(({ kind }) => kind === 'internal');
  if (inner) inner.parent_id = '6'.repeat(16);
}
