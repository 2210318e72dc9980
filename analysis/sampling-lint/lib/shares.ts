/** Which share of a class of traces a policy matches, as far as the configuration tells. */
import { PATH_ATTRIBUTE, successorOf } from './attributes.ts';
import type { TraceClass } from './classes.ts';
import type { Condition, Policy, StringMatch } from './conditions.ts';
import { listedPaths, matchesPath } from './paths.ts';

/** Bounds of a share, 0 to 1; they are equal when it is known. */
export interface Share {
  readonly least: number;
  readonly most: number;
}

const NONE: Share = { least: 0, most: 0 };
const ALL: Share = { least: 1, most: 1 };
/** It depends on what the configuration does not tell. */
const SOME: Share = { least: 0, most: 1 };

/** @param longestMs the longest that a trace takes; the durations of the slow ones lie evenly up to there */
export function matched(condition: Condition, of: TraceClass, longestMs: number): Share {
  switch (condition.kind) {
    case 'always':
      return ALL;
    case 'latency':
      return latency(condition, of, longestMs);
    case 'status':
      return status(condition.codes, of.hasError);
    case 'string':
      return inverted(condition.isInverted, stringMatch(condition, of));
    case 'attribute':
      return inverted(condition.isInverted, successorOf(condition.key) === undefined ? SOME : NONE);
    case 'probabilistic': {
      const share = Math.min(1, Math.max(0, condition.percent / 100));
      return { least: share, most: share };
    }
    case 'spanCount':
      return condition.min <= 1 && condition.max === 0 ? ALL : SOME;
    case 'and':
      return all(condition.of.map((part) => matched(part, of, longestMs)));
    case 'not':
      return inverted(true, matched(condition.of, of, longestMs));
    case 'composite':
    case 'ottl':
    case 'unknown':
      return SOME;
  }
}

/** What at least one of the policies matches. */
export function matchedByAny(policies: readonly Policy[], of: TraceClass, longestMs: number): Share {
  const shares = policies.map(({ condition }) => matched(condition, of, longestMs));
  return {
    least: Math.max(0, ...shares.map(({ least }) => least)),
    most: Math.min(
      1,
      shares.reduce((sum, { most }) => sum + most, 0),
    ),
  };
}

/** What is kept in the end: a drop policy wins over every other. */
export function kept(policies: readonly Policy[], of: TraceClass, longestMs: number): Share {
  const keeps = matchedByAny(
    policies.filter(({ isDrop }) => !isDrop),
    of,
    longestMs,
  );
  const drops = matchedByAny(
    policies.filter(({ isDrop }) => isDrop),
    of,
    longestMs,
  );
  return { least: Math.max(0, keeps.least - drops.most), most: Math.min(keeps.most, 1 - drops.least) };
}

/** The processor compares whole milliseconds, with `>` in v0.161.0 (latency.go) and with `>=` in v0.140.1. */
function latency(
  { thresholdMs, upperMs }: Condition & { kind: 'latency' },
  { fromMs, untilMs }: TraceClass,
  longestMs: number,
): Share {
  if (untilMs <= thresholdMs + 1) return NONE;
  const isBelow = upperMs === 0 || untilMs <= upperMs + 1;
  if (fromMs >= thresholdMs + 1 && isBelow) return ALL;
  if (fromMs !== thresholdMs || upperMs !== 0) return SOME;
  const share = 1 - boundaryShare(fromMs, longestMs);
  return { least: share, most: share };
}

/** Of the traces of `fromMs` or more, those that are below `fromMs` + 1, when they lie evenly up to the longest. */
export function boundaryShare(fromMs: number, longestMs: number): number {
  return 1 / Math.max(1, longestMs - fromMs);
}

function status(codes: readonly string[], hasError: boolean | undefined): Share {
  const isError = codes.includes('ERROR');
  // Instrumentation leaves the status unset where there is no error.
  const isOther = codes.includes('UNSET');
  if (hasError === true) return isError ? ALL : codes.length > 0 ? SOME : NONE;
  if (hasError === false) return isOther ? ALL : codes.includes('OK') ? SOME : NONE;
  return isError && isOther ? ALL : SOME;
}

function stringMatch(match: StringMatch, { path, otherThan }: TraceClass): Share {
  if (successorOf(match.key) !== undefined || match.values.length === 0) return NONE;
  if (match.key !== PATH_ATTRIBUTE) return SOME;
  if (path !== undefined) {
    const isMatch = matchesPath(match, path);
    return isMatch === undefined ? SOME : isMatch ? ALL : NONE;
  }
  const listed = listedPaths(match);
  return listed?.every((each) => otherThan.includes(each)) ? NONE : SOME;
}

/** What matches all: the shares may overlap as much, or as little, as they can. */
function all(shares: readonly Share[]): Share {
  return shares.reduce(
    (one, other) => ({ least: overlap(one.least, other.least), most: Math.min(one.most, other.most) }),
    ALL,
  );
}

/** The least that two shares have in common; exact when one of them is all. */
function overlap(one: number, other: number): number {
  if (one === 1 || other === 1) return Math.min(one, other);
  return Math.max(0, one + other - 1);
}

function inverted(isInverted: boolean, { least, most }: Share): Share {
  return isInverted ? { least: 1 - most, most: 1 - least } : { least, most };
}
