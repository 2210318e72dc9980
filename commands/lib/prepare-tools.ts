import { createLogUpdate } from 'log-update';
import { ensureTools } from '../../harness/stack/tools.ts';

/** Sees to it that the tools are built, with progress on stderr: a line that is redrawn on a terminal, else lines. */
export async function prepareTools(signal: AbortSignal): ReturnType<typeof ensureTools> {
  const redraw = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  try {
    return await ensureTools({
      signal,
      onProgress: (line) => {
        redraw?.clear();
        process.stderr.write(`${line}\n`);
      },
      ...(redraw ? { onElapsed: (line: string) => redraw(line) } : {}),
    });
  } finally {
    redraw?.clear();
  }
}
