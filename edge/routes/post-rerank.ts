import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { meterUsage } from '#edge/middleware/meter-usage.ts';
import { chooseClientShape } from '#edge/rerank/client-shapes/choose-client-shape.ts';
import { parseRerankRequest } from '#edge/rerank/parse-rerank-request.ts';
import { rerankDocuments } from '#edge/rerank/rerank-documents.ts';
import { describeRerank } from '#edge/routes/describe-rerank.ts';
import { noteOutcome } from '#edge/routes/note-outcome.ts';
import { readRerankCaller } from '#edge/routes/read-rerank-caller.ts';
import { rerankPaths } from '#edge/routes/rerank-paths.ts';
import { limits } from '#shared/limits.ts';

/** `POST /v2/rerank` and its other names: documents in the order in which they explain the query. */
export function addRerankRoutes(app: Hono<AppEnvironment>): void {
  for (const path of rerankPaths) {
    app.post(
      path,
      describeRerank(path),
      authenticateApiKey('rerank'),
      meterUsage,
      limitBodySize(limits.requestBodyBytesMax),
      async (context) => {
        const body = await readJsonObject(context.req.raw);
        const shape = chooseClientShape(body);
        context.set('errorShape', shape.errorShape);
        const outcome = await rerankDocuments(context.var.dependencies, {
          ...parseRerankRequest(shape, body),
          ...readRerankCaller(context),
        });
        noteOutcome(context, outcome);
        const { degradation } = outcome;
        if (degradation !== undefined)
          context.header('X-Degraded', `${degradation.policy}; reason=${degradation.reason}`);
        return context.json(shape.respond(outcome));
      },
    );
  }
}
