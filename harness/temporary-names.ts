/** What Chaoscope makes in the system's temporary folder: named here, so that it can be told whether some was left there. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before the pid of the process that uses the folder. */
export const EVIDENCE_PREFIX = 'chaoscope-evidence-';

/** The folder of a stack or a replay, which the keeper of its lease removes when nobody else does. */
export function leasedFolder(leaseId: string): string {
  return join(tmpdir(), `chaoscope-${leaseId}`);
}

/** Whether a name in the temporary folder is one of these. */
export function isTemporary(name: string): boolean {
  return name.startsWith(EVIDENCE_PREFIX) || /^chaoscope-[0-9a-f]{16}$/.test(name);
}
