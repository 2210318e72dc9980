import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scenarios } from '../commands/lib/things.ts';

const ROOT = join(import.meta.dirname, '..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

it('each scenario is one command, and no other is', async () => {
  const chaos = Object.entries(scripts).filter(([name]) => name.startsWith('chaos:'));
  expect(chaos).toEqual(
    (await scenarios.ids()).toSorted().map((id) => [`chaos:${id}`, `node bin/chaoscope.mjs run ${id}`]),
  );
});

it.each(Object.entries(scripts).filter(([, script]) => script.startsWith('node ')))(
  '%s starts a file that is there',
  (_name, script) => {
    expect(existsSync(join(ROOT, script.split(' ')[1] ?? ''))).toBe(true);
  },
);
