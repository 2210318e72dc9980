import { join } from 'node:path';
import type { StackOptions, System } from '../../harness/contracts.ts';
import { PROJECT_ROOT } from '../../harness/stack/project-root.ts';

const command = ['node', 'test/stack/tiny-service.mjs'];

/** Two services, one edge between them, and a database with one more edge. */
export const tinySystem: System = {
  name: 'tiny',
  services: {
    back: { command, ready: '/ready', kind: 'internal', criticality: 'low' },
    front: {
      command,
      environment: { FROM_SYSTEM: 'system', OVERRIDDEN: 'system' },
      ready: '/ready',
      kind: 'internal',
      criticality: 'low',
    },
  },
  edges: [
    { id: 'front-to-back', from: 'front', to: 'back', variable: 'NEXT_URL' },
    {
      id: 'back-to-database',
      from: 'back',
      to: 'database',
      variable: 'DATABASE_URL',
      value: 'postgres://chaoscope@{address}/tiny',
    },
  ],
  entry: 'front',
  database: { kind: 'postgres', name: 'tiny', prepare: ['node', 'test/stack/tiny-prepare.mjs'] },
  traffic: [],
  promises: [],
  books: [],
};

/** Options that bring the tiny system up with the project's own configurations. */
export function tinyOptions(runFolder: string, changes: Partial<StackOptions> = {}): StackOptions {
  return {
    system: tinySystem,
    seed: 42,
    runFolder,
    collectorConfig: join(PROJECT_ROOT, 'config/collector.yaml'),
    jaegerConfig: join(PROJECT_ROOT, 'config/jaeger.yaml'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...changes,
  };
}
