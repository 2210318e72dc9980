import { describe, expect, it } from 'vitest';
import partsStayedUp from '../../assertions/parts-stayed-up.ts';
import type { PartKind } from '../../harness/contracts.ts';
import { judgeRun } from './judge-run.ts';

const died = (part: string, partKind: PartKind) => ({
  status: 'broken' as const,
  problem: {
    part,
    partKind,
    message: `${part} ended with exit code 1`,
    logTail: 'line one\nout of memory\n',
  },
});

describe('parts-stayed-up', () => {
  it('passes when the run was completed', async () => {
    expect(await judgeRun(partsStayedUp.with())).toMatchObject({
      verdict: 'pass',
      expected: 'all 7 services and the parts around them up until the end',
    });
  });

  it('fails with the log tail when a service died', async () => {
    const finding = await judgeRun(partsStayedUp.with(), { run: died('payment-service', 'service') });
    expect(finding).toMatchObject({ verdict: 'fail', observed: 'payment-service (service) died' });
    expect(finding.because).toBe(
      'payment-service ended with exit code 1; its log ends:\nline one\nout of memory',
    );
  });

  it.each(['collector', 'archive', 'proxy', 'database'] as const)(
    'is inconclusive when a part of the kind %s died',
    async (kind) => {
      const finding = await judgeRun(partsStayedUp.with(), { run: died('a-part', kind) });
      expect(finding.verdict).toBe('inconclusive');
    },
  );

  it.each(['interrupted', 'broken'] as const)('is inconclusive when the run was %s', async (status) => {
    const finding = await judgeRun(partsStayedUp.with(), { run: { status } });
    expect(finding.verdict).toBe('inconclusive');
  });
});
