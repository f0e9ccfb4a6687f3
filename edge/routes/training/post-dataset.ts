import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readIdempotencyKey } from '#edge/http/read-idempotency-key.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { readUploadHeaders } from '#edge/http/read-upload-headers.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute, idempotencyParameter } from '#edge/routes/training/describe-training-route.ts';
import { receiveDataset } from '#edge/training/datasets/receive-dataset.ts';
import { shapeDataset } from '#edge/training/datasets/shape-dataset.ts';
import { limits } from '#shared/limits.ts';
import { createDatasetQuerySchema, datasetSchema } from '#shared/protocol/dataset.ts';

const describeCreation = () =>
  describeTrainingRoute({
    operationId: 'post_v1_datasets',
    summary: 'Upload a dataset',
    description:
      'The body is JSON Lines, a judged query a line: `{"query", "relevant_passages": […], "hard_negatives"?: […], "split"?: "train" | "dev" | "test"}`; without `split` a line is for training. Or it is a zip archive of a BEIR folder (`corpus.jsonl`, `queries.jsonl`, `qrels/train.tsv`, and if there are any `qrels/dev.tsv` and `qrels/test.tsv`), as `application/zip`. It is checked while it is stored; a dataset with bad lines is refused whole, with their numbers and reasons.',
    parameters: [...describeQuery(createDatasetQuerySchema), ...idempotencyParameter],
    requestBody: {
      required: true,
      content: {
        'application/jsonl': { schema: { type: 'string', format: 'binary' } },
        'application/zip': { schema: { type: 'string', format: 'binary' } },
      },
    },
    status: 201,
    answer: 'The dataset.',
    schema: datasetSchema,
    errors: [
      'invalid_request',
      'too_many_datasets',
      'idempotency_conflict',
      'request_in_progress',
      'length_required',
      'payload_too_large',
      'unsupported_media_type',
      'invalid_dataset',
      'request_cancelled',
      'adapter_store_unavailable',
    ],
  });

const datasetUpload = {
  bytesMax: limits.datasetBytesMax,
  what: 'the dataset: a JSON object a line, or a zip archive',
  mediaType: 'application/jsonl or application/zip',
};

/** Content types of archives; a body of any other is lines. */
const archiveType = /^application\/(?:x-)?zip(?:-compressed)?\s*(?:;|$)/i;

/** `POST /v1/datasets`: a whole dataset in one request. */
export function addDatasetCreationRoute(app: Hono<AppEnvironment>): void {
  app.post('/v1/datasets', describeCreation(), authenticateApiKey('train'), async (context) => {
    const { service, datasets } = context.var.dependencies.training;
    const { raw } = context.req;
    const { name } = readQuery(createDatasetQuerySchema, raw.url);
    const idempotencyKey = readIdempotencyKey(raw.headers);
    const { tenantId } = context.var.apiKey;
    const format = archiveType.test(raw.headers.get('content-type')?.trim() ?? '') ? 'beir' : 'jsonl';
    const sent = readUploadHeaders(raw, datasetUpload);
    const upload = { ...sent, tenantId, name, format, idempotencyKey, signal: raw.signal } as const;
    return context.json(shapeDataset(await receiveDataset(service, datasets, upload)), 201);
  });
}
