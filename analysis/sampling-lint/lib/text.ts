/** `12,345.6`; at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

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

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
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
