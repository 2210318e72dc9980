import type { SamplingPromise } from '../../../harness/contracts.ts';
import { UserError } from '../../../harness/errors.ts';

const ALLOWED = 'errors=100, slow:2000=100, path:/health=0 and, as the last one, any=5';

/**
 * Promises as the command line has them: `errors=100,slow:2000=100,path:/health=0,any=5`. The first that applies to a
 * trace decides. A UserError names all that is wrong.
 */
export function parsePromises(texts: readonly string[]): readonly SamplingPromise[] {
  const parts = texts.flatMap((text) => text.split(',')).map((part) => part.trim());
  const problems: string[] = [];
  const promises = parts.flatMap((part) => {
    const promise = parsePromise(part);
    if (typeof promise !== 'string') return [promise];
    problems.push(promise);
    return [];
  });
  const ids = promises.map(({ id }) => id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index)))
    problems.push(`--promise has '${id}' twice`);
  const anyAt = promises.findIndex(({ when }) => when.kind === 'any');
  if (problems.length === 0 && anyAt !== promises.length - 1)
    problems.push(
      `--promise: the last one must be any=PERCENT, for all other traces${anyAt < 0 ? '' : '; what follows it never applies'}`,
    );
  if (problems.length > 0) throw new UserError([...problems, `Allowed: ${ALLOWED}.`].join('\n'));
  return promises;
}

/** A promise, or what is wrong with it. */
function parsePromise(part: string): SamplingPromise | string {
  const [, condition = '', number = ''] = /^(.*)=(\d+(?:\.\d+)?)%?$/.exec(part) ?? [];
  const keepPercent = Number(number);
  if (condition === '' || keepPercent > 100)
    return `--promise '${part}' is no CONDITION=PERCENT, with 0 to 100 per cent`;
  const [, kind = condition, argument = ''] = /^([^:]*):(.*)$/.exec(condition) ?? [];
  const title = `${condition} = ${keepPercent} %`;
  if (kind === 'errors' && argument === '')
    return { id: 'errors', title, when: { kind: 'error' }, keepPercent };
  if (kind === 'any' && argument === '') return { id: 'any', title, when: { kind: 'any' }, keepPercent };
  if (kind === 'slow' && /^[1-9]\d{0,8}$/.test(argument))
    return { id: `slow-${argument}`, title, when: { kind: 'slow', ms: Number(argument) }, keepPercent };
  if (kind === 'path' && argument.startsWith('/'))
    return { id: `path-${argument}`, title, when: { kind: 'path', paths: [argument] }, keepPercent };
  return `--promise '${part}' is unknown`;
}
