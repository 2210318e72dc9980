/**
 * The variables of the harness's environment that every part gets. All others stay out, above all the user's own OTEL_*,
 * NODE_OPTIONS and PG*, which would change what the parts do.
 */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;

/** A minimal environment for a part. */
export function baseEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
