import { join } from 'node:path';

/** The folder that holds package.json; services are run from here. */
export const PROJECT_ROOT = join(import.meta.dirname, '..', '..');
