import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';

/** `GET /ping`: health without a body, as Text Embeddings Inference and platforms that probe containers have it. */
export function addPingRoute(app: Hono<AppEnvironment>): void {
  const success = { description: 'The edge runs and is configured; no body.' };
  const description = describeRoute({
    operationId: 'get_ping',
    summary: 'Ping',
    description:
      "Health without a body, as Text Embeddings Inference's clients ask for it. It needs no key and asks no worker.",
    tags: ['service'],
    responses: { ...describeResponses({ ...success, schemas: [z.never()] }), 200: success },
  });
  app.get('/ping', description, (context) => context.body(null, 200));
}
