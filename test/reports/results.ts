import type { How, Result } from '../../harness/contracts.ts';

/** A run with everything by default, from a clean checkout. */
export const HOW: How = {
  faultsApplied: true,
  environment: {},
  configurations: {
    collector: { file: 'shipped', sha256: 'c'.repeat(64) },
    jaeger: { file: 'shipped', sha256: 'd'.repeat(64) },
  },
  version: '0.1.0',
  git: { revision: 'e'.repeat(40), isDirty: false },
  machine: { cores: 2, memoryBytes: 8_000_000_000, kernel: 'Linux 6.8.0', node: 'v24.21.0' },
};

/** A run that failed in every way that a report has to show. */
export const FAILED: Result = {
  schema: 1,
  run: '20251109T120000Z-stripe-slow',
  folder: 'runs/20251109T120000Z-stripe-slow',
  scenario: 'stripe-slow',
  title: 'Stripe is slow',
  hypothesis:
    'When every answer of Stripe takes 3750 ms longer, orders fail cleanly within their deadline, product reads do not notice, and every error and slow trace is kept.',
  how: {
    ...HOW,
    faultsApplied: false,
    environment: {
      'payment-service': { STRIPE_TIMEOUT_MS: '0', NOTE: 'a\u001b[31m"b"' },
      'auth-service': { X: '1' },
    },
    configurations: {
      collector: { file: 'mine/collector.yaml', sha256: 'a'.repeat(64) },
      jaeger: { file: 'mine/jaeger.yaml', sha256: 'b'.repeat(64) },
    },
    git: { revision: 'e'.repeat(40), isDirty: true },
  },
  seed: 42,
  verdict: 'fail',
  exitCode: 1,
  because: '1 of 4 assertions failed: every-error-kept',
  requests: { planned: 83_000, sent: 83_000, answered: 82_990, rate: 999.87 },
  assertions: [
    {
      id: 'load-achieved',
      title: 'The load was as planned',
      verdict: 'pass',
      expected: '83,000 requests, one record each, at 1,000/s or at least 99 % of it',
      observed: '83,000 sent, 999.9/s, lag p99 1.4 ms, CPU idle 27.3 %',
      figures: { sentRequests: 83_000, cpuIdlePercent: 27.3 },
      examples: [],
    },
    {
      id: 'every-error-kept',
      title: 'Every trace with an error is kept',
      verdict: 'fail',
      expected: 'every one of 2,412 error traces kept whole',
      observed: '2,400 kept whole, 12 absent',
      figures: { total: 2412, whole: 2400, absent: 12, lostNoPolicyKeepsIt: 12 },
      examples: ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'],
      because:
        '12 error traces lost: 12 no-policy-keeps-it (no policy of the Collector keeps them: add or widen one)',
    },
    {
      id: 'every-slow-trace-kept',
      title: 'Every slow trace is kept',
      verdict: 'inconclusive',
      expected: 'every one of 0 slow traces kept whole',
      observed: '0 kept whole',
      figures: { total: 0 },
      examples: [],
      because: 'there was no slow trace, so nothing was tested',
    },
    {
      id: 'timeout-enforced',
      title: 'The time-out is enforced',
      verdict: 'error',
      expected: 'a finding',
      observed: 'the assertion could not be judged',
      figures: {},
      examples: [],
      because: "the system 'shop' has no edge 'payment-to-bank' & \"none\" <like> it\u001b[31m",
    },
  ],
  fate: [
    { promise: 'health', promised: 'drop', predicted: 'drop', observed: 'absent', count: 1660 },
    { promise: 'error', promised: 'keep', predicted: 'keep', observed: 'whole', count: 2400 },
    { promise: 'error', promised: 'keep', predicted: 'drop', observed: 'absent', count: 12 },
    { promise: 'rest', promised: 'sample', predicted: 'keep', observed: 'whole', count: 3946 },
    { promise: 'rest', promised: 'sample', predicted: 'drop', observed: 'absent', count: 74_981 },
    { promise: null, promised: 'unknown', predicted: 'unknown', observed: 'absent', count: 1 },
  ],
  lost: Array.from({ length: 12 }, (_, index) => ({
    traceId: index.toString(16).padStart(32, 'a'),
    promised: 'keep',
    stage: 'no-policy-keeps-it',
    route: 'order',
  })),
  lostCount: 12,
  routes: [
    { route: 'product-list', phase: 'warmup', requests: 9000, failed: 0, p50Ms: 3.1, p95Ms: 50, p99Ms: 99.1 },
    {
      route: 'product-list',
      phase: 'baseline',
      requests: 9000,
      failed: 0,
      p50Ms: 3.1,
      p95Ms: 9,
      p99Ms: 18.4,
    },
    { route: 'product-list', phase: 'fault', requests: 13_500, failed: 2, p50Ms: 3.2, p95Ms: 9, p99Ms: 21 },
    { route: 'product-list', phase: 'recovery', requests: 9000, failed: 0, p50Ms: 3, p95Ms: 9, p99Ms: 18.2 },
    { route: 'order', phase: 'baseline', requests: 1600, failed: 0, p50Ms: 81, p95Ms: 99, p99Ms: 120.4 },
    { route: 'order', phase: 'fault', requests: 2400, failed: 2400, p50Ms: 9, p95Ms: 40, p99Ms: 3011.7 },
    { route: 'order', phase: 'recovery', requests: 0, failed: 0, p50Ms: null, p95Ms: null, p99Ms: null },
  ],
  tools: { vegeta: '12.13.0', jaeger: '2.13.0' },
  phases: [
    { name: 'warmup', start: '2025-11-09T12:00:00.000Z', end: '2025-11-09T12:00:15.000Z' },
    { name: 'baseline', start: '2025-11-09T12:00:15.000Z', end: '2025-11-09T12:00:35.000Z' },
    { name: 'fault', start: '2025-11-09T12:00:35.000Z', end: '2025-11-09T12:01:05.000Z' },
    { name: 'recovery', start: '2025-11-09T12:01:05.000Z', end: '2025-11-09T12:01:25.250Z' },
  ],
  doubts: [
    {
      source: 'books',
      what: 'the book of charges has 2 rows twice, as it was read while \u001b[31mthe last charges were still made',
    },
  ],
  notes: ["the Collector's metrics could not be read 1 of 98 times"],
  cleanupProblems: [],
  timings: { settledS: 12.34, storedS: 14.1 },
};

/** All is well, and nothing was lost. */
export const PASSED: Result = {
  ...FAILED,
  how: HOW,
  verdict: 'pass',
  exitCode: 0,
  because: 'the assertion holds',
  assertions: FAILED.assertions.slice(0, 1),
  fate: FAILED.fate.filter(
    ({ predicted, promise }) => promise !== null && !(promise === 'error' && predicted === 'drop'),
  ),
  lost: [],
  lostCount: 0,
  doubts: [],
  notes: [],
};

/** A part died before there was any evidence, and a toxic was left behind. */
export const BROKEN: Result = {
  ...FAILED,
  // As judged from a run of before it was recorded.
  how: undefined,
  verdict: 'inconclusive',
  exitCode: 4,
  because: 'not everything was restored (toxic left on payment-to-stripe); no assertion was judged',
  requests: { planned: 83_000, sent: 0, answered: 0, rate: 0 },
  assertions: [],
  fate: [],
  lost: [],
  lostCount: 0,
  routes: [],
  phases: [],
  timings: {},
  problem: {
    part: 'collector',
    partKind: 'collector',
    message: 'collector ended with exit code 1',
    logTail: 'line one\n\u001b[31mcannot bind\u001b[0m\u0007\n',
  },
  cleanupProblems: ['toxic left on payment-to-stripe'],
};
