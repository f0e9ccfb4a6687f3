import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';

const indexSchema = z.object({
  service: z.literal('hintrank').meta({ description: 'The name of the service.', examples: ['hintrank'] }),
  openapi: z.string().meta({ description: 'Where the API is described.', examples: ['/openapi.json'] }),
  docs: z.string().meta({ description: 'The same as a page for people.', examples: ['/docs'] }),
});

/** `GET /`: where to read on, for whoever opens the address in a browser. */
export function addIndexRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'get_index',
    summary: 'Index',
    description: 'Where the API is described. It needs no key.',
    tags: ['service'],
    responses: describeResponses({ description: 'Pointers.', schemas: [indexSchema] }),
  });
  app.get('/', description, (context) => {
    const response: z.infer<typeof indexSchema> = { service: 'hintrank', openapi: '/openapi.json', docs: '/docs' };
    return context.json(response);
  });
}
