import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { AppEnvironment } from '#edge/app-context.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { type HealthResponse, healthResponseSchema } from '#shared/protocol/health-response.ts';

/** `GET /health`: for load balancers and start scripts. */
export function addHealthRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'get_health',
    summary: 'Health',
    description: 'Whether the edge runs and is configured. It needs no key and asks no worker.',
    tags: ['service'],
    responses: describeResponses({ description: 'It does.', schemas: [healthResponseSchema] }),
  });
  app.get('/health', description, (context) => {
    const response: HealthResponse = { status: 'ok' };
    return context.json(response);
  });
}
