import { describe, expect, it } from 'vitest';
import { risksText } from '../commands/lib/risks-text.ts';
import { calm, risksOf, systemWith } from './analysis/risks/support.ts';

const text = async (width = 200): Promise<string> => risksText(await risksOf(), 'r (naive)', width);

describe('the risks as text', () => {
  it('are what the exercise asks for, with requests, paths and remedies', async () => {
    const lines = (await text()).split('\n');
    expect(lines[0]).toBe(
      'Risks, predicted from good requests of r (naive) that no fault touched: health 1, order-create 20, product-read 20',
    );
    expect(
      lines.some((line) =>
        /^ {2}auth-service +internal, critical +order-create, product-read +97\.6 % +a cache of its answers, and replicas$/.test(
          line,
        ),
      ),
    ).toBe(true);
    expect(
      lines.some((line) => /^ {2}stripe-api +external, critical +order-create +48\.8 % /.test(line)),
    ).toBe(true);
    expect(
      lines.some((line) =>
        line.startsWith('  stripe-api -> payment-service -> order-service -> api-gateway  order-create'),
      ),
    ).toBe(true);
    const notification = lines.indexOf('  notification-service is down (low)');
    expect(lines[notification + 1]).toBe('    goes on  order-create (unaffected), health, product-read');
  });

  it('have a sign for each route, edge and fault', async () => {
    const lines = (await text()).split('\n');
    expect(lines.find((line) => line.startsWith('  payment-to-stripe'))).toMatch(
      /^ {2}payment-to-stripe +\. \. \. \. \. {2,}F F d d F {2,}\. \. \. \. \.$/,
    );
    expect(lines.find((line) => line.startsWith('  order-to-notification'))).toMatch(/ \. F d d \. /);
  });

  it('say of a part of it that there is none', async () => {
    const stand = ['gateway-to-auth', 'gateway-to-order', 'gateway-to-inventory'].map((edge) => ({
      mitigation: 'm',
      edge,
      standIn: { routes: ['order-create', 'product-read'], outcome: 'degraded' as const },
    }));
    const risks = await risksOf(calm({ run: { system: systemWith(stand) } }));
    const shown = risksText(risks, 'r', 200);
    expect(shown).toMatch(/Single points of failure\n {2}none\n/);
    expect(shown).toMatch(/Cascades\n {2}none\n/);
    expect(shown).toContain('declared: m stands in');
  });

  it('keep to the width', async () => {
    for (const line of (await text(100)).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
