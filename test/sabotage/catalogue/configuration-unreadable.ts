import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the Collector configuration is no YAML',
  arguments: async (folder) => {
    const file = join(folder, 'collector.yaml');
    await writeFile(file, 'receivers: [otlp: {');
    return ['--collector-config', file];
  },
  notPassed: {},
  refused: /collector\.yaml: .*not readable as YAML/,
  isTested: true,
} satisfies RunSabotage;
