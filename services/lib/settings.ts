import { z } from 'zod';

/** A whole number in an environment variable, within `min` and `max`. */
export function wholeNumber(fallback: number, { min, max }: { min: number; max: number }) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .default(fallback);
}

/** A share in per cent, with decimals: `0.5`. */
export function percent(fallback: number) {
  const message = 'must be a number from 0 to 100, such as 0.5';
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, message)
    .transform(Number)
    .pipe(z.number().max(100, message))
    .default(fallback);
}

/** A duration in milliseconds, at most ten minutes. */
export const milliseconds = (fallback: number, min = 0) => wholeNumber(fallback, { min, max: 600_000 });

/** The port on 127.0.0.1 that a service listens on. */
export const port = z
  .string('is required: the port to listen on')
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.number().min(1, 'must be a port number').max(65_535, 'must be a port number'));

/** Base address of another service: `http://host:port`. */
export const serviceUrl = z
  .string('is required: the address of the service, http://host:port')
  .regex(/^http:\/\/[^/]+\/?$/, 'must look like http://host:port')
  .transform((url) => new URL(url).origin);

export const databaseUrl = z
  .string('is required: the address of the database, postgres://user@host:port/name')
  .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user@host:port/name');

/** An on/off switch. */
export const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off'], 'must be on or off').default(fallback);

const read = new Set<string>();

/**
 * The names in SETTINGS_GIVEN that this service does not know: whoever started it has set these on purpose, and would take
 * a mistyped one for one that makes no difference. Those of OpenTelemetry and Node are read by others. To be called
 * when all settings are read.
 */
export function unknownSettings(): readonly string[] {
  const given = (process.env['SETTINGS_GIVEN'] ?? '').split(',').filter((name) => name !== '');
  return given.filter((name) => !read.has(name) && !/^(OTEL|NODE)_/.test(name));
}

/** Ends the process with exit code 2 when a setting was given that it does not know. */
export function refuseUnknownSettings(): void {
  const unknown = unknownSettings();
  if (unknown.length === 0) return;
  console.error(`Unknown settings: ${unknown.join(', ')}. There are: ${[...read].toSorted().join(', ')}.`);
  process.exit(2);
}

/**
 * Reads a service's settings from the environment. All that is wrong is shown in one message, and the
 * process ends with exit code 2, so that a service never starts with half of its settings.
 */
export function readSettings<Shape extends z.ZodRawShape>(shape: Shape): z.output<z.ZodObject<Shape>> {
  for (const name of Object.keys(shape)) read.add(name);
  const result = z.object(shape).safeParse(process.env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
  console.error(`Wrong environment; set or correct these variables:\n${problems.join('\n')}`);
  process.exit(2);
}
