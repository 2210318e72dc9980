import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import terminal from '../../reports/terminal.ts';
import { BROKEN, FAILED, PASSED } from './results.ts';

const golden = (name: string): string => join(import.meta.dirname, 'golden', name);
const plain = (width: number) => ({ color: false, width });
const results = { failed: FAILED, passed: PASSED, broken: BROKEN };

describe('the terminal report', () => {
  it.each(Object.entries(results))('shows a run that %s', async (name, result) => {
    await expect(terminal.render(result, plain(100))).toMatchFileSnapshot(golden(`terminal-${name}.txt`));
  });

  it('shows a run on a narrow terminal', async () => {
    await expect(terminal.render(FAILED, plain(60))).toMatchFileSnapshot(golden('terminal-narrow.txt'));
  });

  it('says the verdict in its first word', () => {
    expect(terminal.render(FAILED, plain(80))).toMatch(/^FAIL /);
    expect(terminal.render(PASSED, plain(80))).toMatch(/^PASS /);
  });

  it.each([40, 60, 80, 120])('keeps within %i columns, but for what is to be copied', (width) => {
    for (const result of Object.values(results)) {
      const lines = terminal.render(result, plain(width)).split('\n');
      const long = lines.filter((line) => line.length > width);
      expect(long.filter((line) => !/^(Run|Again| {4}by) /.test(line))).toEqual([]);
    }
  });

  it('differs with color in color alone, also where no terminal is', () => {
    const colored = terminal.render(FAILED, { color: true, width: 100 });
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(terminal.render(FAILED, plain(100)));
  });

  it('lets nothing through that steers the terminal', () => {
    for (const result of Object.values(results)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(terminal.render(result, plain(100))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    }
  });

  it('says how the run was made where that is not the default, and is silent where it is', () => {
    const text = terminal.render(FAILED, plain(400));
    expect(text).toContain(
      '\nChanged    no fault was applied (--no-fault); payment-service:STRIPE_TIMEOUT_MS=0; payment-service:NOTE=a"b"; ' +
        'auth-service:X=1; Collector configuration mine/collector.yaml; Jaeger configuration mine/jaeger.yaml\n',
    );
    for (const result of [PASSED, BROKEN])
      expect(terminal.render(result, plain(400))).not.toContain('Changed');
  });

  it('gives commands that a shell takes as they are', () => {
    const text = terminal.render({ ...FAILED, folder: "my runs/it's" }, plain(100));
    expect(text).toContain("npx chaoscope judge 'my runs/it'\\''s'\n");
    expect(text).toContain("npx chaoscope trace 'my runs/it'\\''s' 0af7651916cd43dd8448eb211c80319c\n");
  });

  it('does not change the result that it is given', () => {
    const before = structuredClone(FAILED);
    terminal.render(FAILED, plain(100));
    expect(FAILED).toEqual(before);
  });
});
