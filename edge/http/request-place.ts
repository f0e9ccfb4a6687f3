import type { RequestPlace } from '#edge/gpu-workers/order-regions.ts';

/** `request.cf`, which the Workers runtime adds and other runtimes do not have. */
export function requestPlace(request: Request): RequestPlace | undefined {
  return 'cf' in request ? (request.cf as RequestPlace | undefined) : undefined;
}

/** Two letters; undefined where the platform does not say. */
export function continentOf(request: Request): string | undefined {
  const continent = requestPlace(request)?.continent;
  return typeof continent === 'string' && /^[A-Z][A-Z0-9]$/.test(continent) ? continent : undefined;
}
