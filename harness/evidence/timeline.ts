/** The timeline: what the harness did, and when. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Json, TimelineRow } from '../contracts.ts';
import type { EvidenceWriter } from './writer.ts';

/**
 * Appends a line a moment to `<runFolder>/evidence/timeline.ndjson`, so that the file tells what was done even if the
 * harness is killed; `save` makes it a Parquet file.
 */
export class Timeline {
  readonly #path: string;

  constructor(runFolder: string) {
    this.#path = join(runFolder, 'evidence', 'timeline.ndjson');
    mkdirSync(dirname(this.#path), { recursive: true });
  }

  /**
   * @param detail becomes a JSON object
   * @param atUs default: now
   */
  add(
    kind: TimelineRow['kind'],
    name: string,
    event: string,
    detail: Readonly<Record<string, Json>> = {},
    atUs: number = Date.now() * 1000,
  ): void {
    const row: TimelineRow = { at_us: atUs, kind, name, event, detail: JSON.stringify(detail) };
    appendFileSync(this.#path, `${JSON.stringify(row)}\n`);
  }

  /** Writes timeline.parquet, in the order of time, and removes the line file. */
  async save(evidence: EvidenceWriter): Promise<void> {
    const writer = await evidence.open<TimelineRow>('timeline');
    const text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : '';
    for (const line of text.split('\n')) {
      if (line !== '') writer.write(JSON.parse(line) as TimelineRow);
    }
    writer.close();
    await evidence.save('timeline', 'FROM timeline ORDER BY at_us');
    rmSync(this.#path, { force: true });
  }
}
