/**
 * An operation's name without what differs from call to call: what stands in brackets at the end, and numbers and ids between
 * separators. `inventory.check (item1)` and `inventory.check (item2)` are one operation, so are `GET /users/7` and `GET /users/8`.
 */
export function operation(name: string): string {
  const known = operations.get(name);
  if (known !== undefined) return known;
  const found = withoutParticulars(name);
  // Names with ids in them are as many as there are ids.
  if (operations.size < MOST_KEPT) operations.set(name, found);
  return found;
}

const MOST_KEPT = 10_000;
const operations = new Map<string, string>();

function withoutParticulars(name: string): string {
  return (
    name
      .replace(/\s*[([][^()[\]]*[)\]]\s*$/, '')
      .replace(/(?<=^|[\s/_:#=.-])(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+)(?=$|[\s/_:#&.-])/gi, '*')
      .trim() || name
  );
}

/** A span of an HTTP client is mostly called by its method alone, which says nothing of what is done. */
export function saysNothing(name: string): boolean {
  return /^(?:HTTP )?[A-Z]+$/.test(name);
}
