/**
 * What XML 1.0 cannot carry, not even escaped: control characters but tab and line breaks, lone surrogates, and the
 * two non-characters of the basic plane.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be replaced.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns these into spaces in attributes, and a carriage return into a line feed anywhere.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** An attribute's value; what XML cannot carry becomes U+FFFD. */
function attribute(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"'\t\n\r]/g, (sign) => ENTITIES[sign] ?? sign);
}

function content(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>\r]/g, (sign) => ENTITIES[sign] ?? sign);
}

export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Elements, or text. */
  readonly children?: readonly Element[] | string;
}

/** An XML document, indented by two spaces; text is not indented, since its spaces count. */
export function document(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render(root, '')}`;
}

function render({ name, attributes = {}, children = [] }: Element, indent: string): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  const start = `${indent}<${name}${list.join('')}`;
  if (typeof children === 'string') return `${start}>${content(children)}</${name}>\n`;
  if (children.length === 0) return `${start}/>\n`;
  return `${start}>\n${children.map((child) => render(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}
