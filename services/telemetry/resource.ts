import { readFileSync } from 'node:fs';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { z } from 'zod';

const DEFAULT_ENVIRONMENT = 'development';

/**
 * Who sends the spans: service name and version, and the deployment's environment. OTEL_RESOURCE_ATTRIBUTES adds to
 * it and wins. The environment goes by both names, since backends still look for the older one.
 */
export function resource(): Resource {
  const own = resourceFromAttributes({ [ATTR_SERVICE_VERSION]: version() });
  const all = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const given = all.attributes['deployment.environment.name'] ?? all.attributes['deployment.environment'];
  const environment = given ?? DEFAULT_ENVIRONMENT;
  return all.merge(
    resourceFromAttributes({
      'deployment.environment': environment,
      'deployment.environment.name': environment,
    }),
  );
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
