import { z } from 'zod';
import { describeHeader } from '#edge/openapi/describe-parameters.ts';
import { describeResourceRoutes } from '#edge/openapi/describe-resource-routes.ts';
import { limits } from '#shared/limits.ts';

/** The documentation of a route about datasets or training jobs. */
export const describeTrainingRoute = describeResourceRoutes('training', [
  'unauthenticated',
  'missing_scope',
  'rate_limited',
  'key_store_unavailable',
  'training_unavailable',
]);

export const idempotencyParameter = describeHeader(
  'Idempotency-Key',
  z
    .string()
    .min(1)
    .max(limits.idempotencyKeyCharactersMax)
    .regex(/^[\x21-\x7e]+$/)
    .meta({
      description:
        'Chosen by you, one for each request that you mean: sent again under it, the request answers as before and makes nothing new.',
      examples: ['3f0e7c1a-tickets-october'],
    }),
);
