import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describePathId, describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute } from '#edge/routes/training/describe-training-route.ts';
import { deleteDataset } from '#edge/training/datasets/delete-dataset.ts';
import { shapeDataset } from '#edge/training/datasets/shape-dataset.ts';
import { datasetNotFound } from '#edge/training/not-found.ts';
import {
  type DatasetDeletionResponse,
  type DatasetListResponse,
  datasetDeletionSchema,
  datasetListSchema,
  datasetSchema,
  deleteDatasetQuerySchema,
} from '#shared/protocol/dataset.ts';
import { listDatasetsQuerySchema } from '#shared/protocol/list-training-query.ts';

const idParameter = describePathId('id', 'Id of the dataset.', 'ds_0d3v5n8y1r6s2bhe4fq9');

const describeList = () =>
  describeTrainingRoute({
    operationId: 'get_v1_datasets',
    summary: 'List datasets',
    description: 'The datasets of your tenant.',
    parameters: describeQuery(listDatasetsQuerySchema),
    answer: 'The newest first.',
    schema: datasetListSchema,
    errors: ['invalid_request', 'dataset_not_found'],
  });

const describeOne = () =>
  describeTrainingRoute({
    operationId: 'get_v1_dataset',
    summary: 'Describe a dataset',
    description: 'One dataset of your tenant: its counts and warnings.',
    parameters: idParameter,
    answer: 'The dataset.',
    schema: datasetSchema,
    errors: ['dataset_not_found'],
  });

const describeDeletion = () =>
  describeTrainingRoute({
    operationId: 'delete_v1_dataset',
    summary: 'Delete a dataset',
    description:
      'Deletes the dataset and its bytes; with `jobs=delete` also the jobs that were trained on it, with their reports and events. Adapters that they published stay. Refused while a job that has not ended uses it.',
    parameters: [...idParameter, ...describeQuery(deleteDatasetQuerySchema)],
    answer: 'What is gone.',
    schema: datasetDeletionSchema,
    errors: ['invalid_request', 'dataset_not_found', 'dataset_in_use'],
  });

/** `GET /v1/datasets`, and one of them to read or delete. */
export function addDatasetRoutes(app: Hono<AppEnvironment>): void {
  const mayTrain = authenticateApiKey('train');

  app.get('/v1/datasets', describeList(), mayTrain, async (context) => {
    const { datasets } = context.var.dependencies.training;
    const { tenantId } = context.var.apiKey;
    const { limit, after } = readQuery(listDatasetsQuerySchema, context.req.url, ['limit']);
    const last = after === undefined ? undefined : await datasets.find(tenantId, after);
    if (after !== undefined && last === undefined) throw datasetNotFound(after, 'after');
    // One more than asked for tells whether more follow.
    const rows = await datasets.list(tenantId, { limit: limit + 1, ...(last === undefined ? {} : { after: last }) });
    const data = rows.slice(0, limit).map(shapeDataset);
    const response: DatasetListResponse = { object: 'list', data, has_more: rows.length > limit };
    return context.json(response);
  });

  app.get('/v1/datasets/:id', describeOne(), mayTrain, async (context) => {
    const { datasets } = context.var.dependencies.training;
    const id = context.req.param('id');
    const row = await datasets.find(context.var.apiKey.tenantId, id);
    if (row === undefined) throw datasetNotFound(id);
    return context.json(shapeDataset(row));
  });

  app.delete('/v1/datasets/:id', describeDeletion(), mayTrain, async (context) => {
    const { training } = context.var.dependencies;
    const id = context.req.param('id');
    const { jobs } = readQuery(deleteDatasetQuerySchema, context.req.url);
    const wanted = { tenantId: context.var.apiKey.tenantId, id, withJobs: jobs === 'delete' };
    const deleted = await deleteDataset(training.service, training, wanted);
    const response: DatasetDeletionResponse = { object: 'dataset_deletion', id, deleted_jobs: deleted };
    return context.json(response);
  });
}
