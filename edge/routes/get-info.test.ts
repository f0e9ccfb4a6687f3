import { expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { limits } from '#shared/limits.ts';
import { infoResponseSchema } from '#shared/protocol/info-response.ts';

it('GET /info: 200 tells Text Embeddings Inference’s clients that this is a reranker, and how much it takes', async () => {
  const { app } = createTestApp();
  const response = await app.request('/info', {}, {});
  expect(response.status).toBe(200);
  expect(infoResponseSchema.strict().parse(await response.json())).toMatchObject({
    model_id: 'smollm2-135m-instruct',
    model_type: { reranker: { label2id: { LABEL_0: 0 } } },
    max_client_batch_size: limits.documentsPerRequestMax,
    limits: { request_bytes: limits.requestBodyBytesMax },
  });
});

it('GET /ping: 200 without a body', async () => {
  const { app } = createTestApp();
  const response = await app.request('/ping', {}, {});
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: '' });
});
