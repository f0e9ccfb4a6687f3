import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { AppEnvironment } from '#edge/app-context.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { productVersion } from '#edge/product-version.ts';
import { limits } from '#shared/limits.ts';
import { type InfoResponse, infoResponseSchema } from '#shared/protocol/info-response.ts';

/** `GET /info`: the base model and the limits, in the form of Text Embeddings Inference. */
export function addInfoRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'get_info',
    summary: 'Model and limits',
    description:
      "What Text Embeddings Inference's clients ask for before they send anything, and the limits of requests. It needs no key and asks no worker.",
    tags: ['service'],
    responses: describeResponses({ description: 'They are these.', schemas: [infoResponseSchema] }),
  });
  app.get('/info', description, (context) => {
    const response: InfoResponse = {
      model_id: context.var.dependencies.environment.baseModel,
      model_sha: null,
      model_dtype: 'unspecified',
      model_type: { reranker: { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
      max_concurrent_requests: limits.documentsPerRequestMax,
      max_input_length: limits.maxTokensPerDocMax,
      max_batch_tokens: limits.documentsPerRequestMax * limits.maxTokensPerDocMax,
      max_batch_requests: null,
      max_client_batch_size: limits.documentsPerRequestMax,
      auto_truncate: true,
      tokenization_workers: 1,
      version: productVersion,
      limits: {
        document_characters: limits.documentCharactersMax,
        query_characters: limits.queryCharactersMax,
        request_bytes: limits.requestBodyBytesMax,
        max_tokens_per_doc_default: limits.maxTokensPerDocDefault,
        deadline_ms: limits.deadlineMsMax,
        adapter_bytes: limits.adapterBytesMax,
      },
    };
    return context.json(response);
  });
}
