import type { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { meterUsage } from '#edge/middleware/meter-usage.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { rerankErrors } from '#edge/routes/describe-rerank.ts';
import { noteOutcome } from '#edge/routes/note-outcome.ts';
import { readRerankCaller } from '#edge/routes/read-rerank-caller.ts';
import { scorePaths } from '#edge/routes/score-paths.ts';
import { parsePairs } from '#edge/score-pairs/parse-pairs.ts';
import { type PairsOutcome, scorePairs } from '#edge/score-pairs/score-pairs.ts';
import { limits } from '#shared/limits.ts';
import { pairScoreRequestSchema, queriesScoreRequestSchema } from '#shared/protocol/pair-score-request.ts';
import { type PairScoreResponse, pairScoreResponseSchema } from '#shared/protocol/pair-score-response.ts';

/** `POST /v1/score` and its other name: the scores of pairs in the order of the request, as vLLM gives them. */
export function addScoreRoutes(app: Hono<AppEnvironment>): void {
  for (const path of scorePaths) {
    app.post(
      path,
      describeScore(path),
      authenticateApiKey('rerank'),
      meterUsage,
      limitBodySize(limits.requestBodyBytesMax),
      async (context) => {
        const parsed = parsePairs(await readJsonObject(context.req.raw));
        const caller = readRerankCaller(context);
        const outcome = await scorePairs(context.var.dependencies, { ...parsed, ...caller });
        noteOutcome(context, outcome);
        return context.json(respond(outcome, caller));
      },
    );
  }
}

interface Answered {
  readonly requestId: string;
  readonly startedAtMs: number;
}

function respond(outcome: PairsOutcome, { requestId, startedAtMs }: Answered): PairScoreResponse {
  const { tokens, cachedTokens, searchUnits } = outcome.usage;
  return {
    id: requestId,
    object: 'list',
    created: Math.floor(startedAtMs / 1000),
    model: outcome.model,
    data: outcome.scores.map(({ score, meanLogLikelihood }, index) => ({
      index,
      object: 'score',
      score,
      mean_log_likelihood: meanLogLikelihood,
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    meta: {
      billed_units: { search_units: searchUnits },
      cached_tokens: cachedTokens,
      cached_documents: outcome.fromCache.filter((cached) => cached).length,
      ...(outcome.warnings.length === 0 ? {} : { warnings: [...outcome.warnings] }),
    },
  };
}

const description =
  `Scores pairs of query and document, as vLLM's route of this name: one query and its documents, or as many of both.
The scores are those of a rerank, pair by pair, in the order of the request. Also read: \`queries\` with \`items\`, and \`data_1\` with \`data_2\`.`.replaceAll(
    '\n',
    ' ',
  );

function describeScore(path: string) {
  return describeRoute({
    operationId: ['post', ...path.split('/').filter((word) => word !== '')].join('_'),
    summary: 'Score pairs of query and document',
    description,
    tags: ['rerank'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: resolver(z.union([pairScoreRequestSchema, queriesScoreRequestSchema])) },
      },
    },
    responses: describeResponses({
      description: 'A score for each pair.',
      schemas: [pairScoreResponseSchema],
      errors: rerankErrors,
    }),
  });
}
