import { describeResourceRoutes } from '#edge/openapi/describe-resource-routes.ts';

/** The documentation of a route about adapters. */
export const describeAdapterRoute = describeResourceRoutes('adapters', [
  'invalid_request',
  'unauthenticated',
  'missing_scope',
  'rate_limited',
  'key_store_unavailable',
]);
