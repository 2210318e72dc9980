import { describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { run, until } from './support/processes.ts';

/** Starts auth-service with these variables alone; resolves to its exit code and what it has said. */
async function start(environment: Record<string, string>): Promise<readonly [number | null, string]> {
  const [port = 0] = await freePorts(1);
  const env = { PATH: process.env['PATH'], PORT: String(port), ...environment };
  const service = run('auth', [process.execPath, './services/auth.ts'], { env });
  try {
    await until(
      'it ends or listens',
      () => service.child.exitCode !== null || /listening/.test(service.output()),
    );
    return [service.child.exitCode, service.output()];
  } finally {
    await service.stop();
  }
}

describe('settings', () => {
  it('that a service does not know and that were given on purpose end it with exit code 2, and all it knows are named', async () => {
    const [code, output] = await start({
      SETTINGS_GIVEN: 'AUTH_SECRET,AUTH_SECRT',
      AUTH_SECRT: 'x'.repeat(20),
    });
    expect([code, output]).toEqual([2, expect.stringContaining('Unknown settings: AUTH_SECRT.')]);
    expect(output).toMatch(/There are: .*AUTH_SECRET.*PORT/);
  });

  it('that it knows, and those of OpenTelemetry, are taken', async () => {
    const given = { SETTINGS_GIVEN: 'AUTH_SECRET,OTEL_PROPAGATORS', AUTH_SECRET: 'x'.repeat(20) };
    expect(await start(given)).toEqual([null, expect.stringContaining('listening')]);
  });

  it('with a wrong value are named all at once', async () => {
    const [code, output] = await start({ AUTH_SECRET: 'short', PORT: 'x' });
    expect(code).toBe(2);
    expect(output).toMatch(/PORT must be a port number/);
    expect(output).toMatch(/AUTH_SECRET must have 16/);
  });
});
