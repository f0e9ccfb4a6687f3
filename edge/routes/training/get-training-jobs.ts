import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describePathId, describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute } from '#edge/routes/training/describe-training-route.ts';
import { deleteJob } from '#edge/training/jobs/delete-job.ts';
import { jobPositions } from '#edge/training/jobs/job-positions.ts';
import { shapeJob } from '#edge/training/jobs/shape-job.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import { listTrainingJobsQuerySchema } from '#shared/protocol/list-training-query.ts';
import {
  deleteTrainingJobQuerySchema,
  type TrainingJobDeletionResponse,
  type TrainingJobListResponse,
  trainingJobDeletionSchema,
  trainingJobListSchema,
  trainingJobSchema,
} from '#shared/protocol/training-job.ts';

const idParameter = describePathId('id', 'Id of the job.', 'tj_5n8y1r6s2bhe4fq9w2m0');

const describeList = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_jobs',
    summary: 'List training jobs',
    description: 'The training jobs of your tenant.',
    parameters: describeQuery(listTrainingJobsQuerySchema),
    answer: 'The newest first.',
    schema: trainingJobListSchema,
    errors: ['invalid_request', 'training_job_not_found'],
  });

const describeOne = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_job',
    summary: 'Describe a training job',
    description: 'One training job of your tenant: its state, place in the queue, progress, cost and result.',
    parameters: idParameter,
    answer: 'The job.',
    schema: trainingJobSchema,
    errors: ['training_job_not_found'],
  });

const describeDeletion = () =>
  describeTrainingRoute({
    operationId: 'delete_v1_training_job',
    summary: 'Delete a training job',
    description:
      'Deletes a job that has ended, with its events, checkpoints and reports. The adapter version that it published stays, unless `adapter=delete`; that is refused while an alias points at it.',
    parameters: [...idParameter, ...describeQuery(deleteTrainingJobQuerySchema)],
    answer: 'What is gone.',
    schema: trainingJobDeletionSchema,
    errors: [
      'invalid_request',
      'training_job_not_found',
      'training_job_active',
      'adapter_in_use',
      'adapter_unavailable',
      'adapter_store_unavailable',
    ],
  });

/** `GET /v1/training-jobs`, and one of them to read or delete. */
export function addTrainingJobRoutes(app: Hono<AppEnvironment>): void {
  const mayTrain = authenticateApiKey('train');

  app.get('/v1/training-jobs', describeList(), mayTrain, async (context) => {
    const { jobs } = context.var.dependencies.training;
    const { tenantId } = context.var.apiKey;
    const { limit, after } = readQuery(listTrainingJobsQuerySchema, context.req.url, ['limit']);
    const last = after === undefined ? undefined : await jobs.find(tenantId, after);
    if (after !== undefined && last === undefined) throw jobNotFound(after, 'after');
    // One more than asked for tells whether more follow.
    const rows = await jobs.list(tenantId, { limit: limit + 1, ...(last === undefined ? {} : { after: last }) });
    const shown = rows.slice(0, limit);
    const positionOf = await jobPositions(jobs, shown);
    const data = shown.map((row) => shapeJob(row, positionOf(row)));
    const response: TrainingJobListResponse = { object: 'list', data, has_more: rows.length > limit };
    return context.json(response);
  });

  app.get('/v1/training-jobs/:id', describeOne(), mayTrain, async (context) => {
    const { jobs } = context.var.dependencies.training;
    const id = context.req.param('id');
    const row = await jobs.find(context.var.apiKey.tenantId, id);
    if (row === undefined) throw jobNotFound(id);
    const positionOf = await jobPositions(jobs, [row]);
    return context.json(shapeJob(row, positionOf(row)));
  });

  app.delete('/v1/training-jobs/:id', describeDeletion(), mayTrain, async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const id = context.req.param('id');
    const { adapter } = readQuery(deleteTrainingJobQuerySchema, context.req.url);
    const wanted = { tenantId: context.var.apiKey.tenantId, id, withAdapter: adapter === 'delete' };
    const version = await deleteJob(service, jobs, wanted);
    const response: TrainingJobDeletionResponse = { object: 'training_job_deletion', id, deleted_adapter: version };
    return context.json(response);
  });
}
