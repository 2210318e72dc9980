import { number } from '../../lib/text.ts';

/** Traces per second and the like: whole numbers, or three digits that say something. */
export function figure(value: number): string {
  return value >= 100 ? number(value) : value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** `99.97 %` of 0.9997. */
export function percent(share: number): string {
  return `${number(share * 100, 2)} %`;
}

export function money(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** `10 s`, `1.5 s`. */
export function seconds(ms: number): string {
  return `${number(ms / 1000, 3)} s`;
}

/** A text as it may stand in YAML. */
export function yamlText(text: string): string {
  return /^[\w./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|[\d._]+)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

export function yamlList(texts: readonly string[]): string {
  return `[${texts.map(yamlText).join(', ')}]`;
}
