import type { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { describeRoute, resolver } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';

const indexSchema = z.object({
  service: z.literal('hintrank').meta({ description: 'The name of the service.', examples: ['hintrank'] }),
  openapi: z.string().meta({ description: 'Where the API is described.', examples: ['/openapi.json'] }),
  docs: z.string().meta({ description: 'The same as a page for people.', examples: ['/docs'] }),
});

const mediaTypes = ['application/json', 'text/html'];

/** `GET /`: the playground for browsers, pointers for programs. Which of both is asked for, `Accept` says. */
export function addIndexRoute(app: Hono<AppEnvironment>): void {
  const success = { description: 'Pointers, or the page.' };
  const description = describeRoute({
    operationId: 'get_index',
    summary: 'Index and playground',
    description:
      'Where the API is described; for `Accept: text/html`, as browsers send it, the playground: a page to try the API with. It needs no key.',
    tags: ['service'],
    responses: {
      ...describeResponses({ ...success, schemas: [indexSchema] }),
      200: {
        ...success,
        content: { 'application/json': { schema: resolver(indexSchema) }, 'text/html': { schema: { type: 'string' } } },
      },
    },
  });
  app.get('/', description, async (context) => {
    const { fetchPlayground } = context.var.dependencies;
    const wanted = accepts(context, {
      header: 'Accept',
      supports: mediaTypes,
      default: 'application/json',
    });
    if (wanted === 'text/html' && fetchPlayground !== undefined) {
      return fetchPlayground(context.req.url, context.req.header('if-none-match'));
    }
    const response: z.infer<typeof indexSchema> = { service: 'hintrank', openapi: '/openapi.json', docs: '/docs' };
    context.header('Vary', 'Accept');
    return context.json(response);
  });
}
