/** Bodies that hold one or several JSON documents. */

/**
 * The documents of a body. A server that streams may send several one after the other, with or without line breaks.
 * @throws SyntaxError when the text is no sequence of JSON documents
 */
export function documentsOf(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  try {
    return [JSON.parse(trimmed)];
  } catch (error) {
    const parts = split(trimmed);
    if (parts.length < 2) throw error;
    return parts.map((part) => JSON.parse(part) as unknown);
  }
}

/** Cuts behind each bracket that closes the outermost level; brackets in texts do not count. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') {
      depth -= 1;
      if (depth === 0) {
        parts.push(text.slice(start, index + 1));
        start = index + 1;
      }
    }
  }
  if (text.slice(start).trim() !== '') parts.push(text.slice(start));
  return parts;
}
