import type { Hono } from 'hono';
import { resolver } from 'hono-openapi';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readIdempotencyKey } from '#edge/http/read-idempotency-key.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { requestTrace } from '#edge/http/request-trace.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { describePathId } from '#edge/openapi/describe-parameters.ts';
import { refuseBaseModel } from '#edge/routes/adapters/refuse-base-model.ts';
import { describeTrainingRoute, idempotencyParameter } from '#edge/routes/training/describe-training-route.ts';
import { cancelJob } from '#edge/training/jobs/cancel-job.ts';
import { jobPositions } from '#edge/training/jobs/job-positions.ts';
import { shapeJob } from '#edge/training/jobs/shape-job.ts';
import { submitJob } from '#edge/training/jobs/submit-job.ts';
import { limits } from '#shared/limits.ts';
import { createTrainingJobSchema, trainingJobSchema } from '#shared/protocol/training-job.ts';
import { presets } from '#shared/training/presets.ts';

const describeCreation = () =>
  describeTrainingRoute({
    operationId: 'post_v1_training_jobs',
    summary: 'Start a training job',
    description:
      'Trains an adapter on a dataset. The job waits for a worker, fairly between tenants; follow it by its events. The result becomes the newest version of the named adapter if the dev queries show a gain over the base model, or in any case with `on_no_gain: "publish"`.',
    parameters: idempotencyParameter,
    requestBody: { required: true, content: { 'application/json': { schema: resolver(createTrainingJobSchema) } } },
    status: 201,
    answer: 'The job.',
    schema: trainingJobSchema,
    errors: [
      'invalid_request',
      'invalid_json',
      'dataset_not_found',
      'too_many_training_jobs',
      'idempotency_conflict',
      'payload_too_large',
      'unsupported_media_type',
      'training_quota_exceeded',
    ],
  });

const describeCancellation = () =>
  describeTrainingRoute({
    operationId: 'post_v1_training_job_cancel',
    summary: 'Cancel a training job',
    description:
      'Works in every state. A job that waits is cancelled at once; one that runs is `cancelling` until its worker has stopped, and publishes nothing any more; one that has ended stays as it is.',
    parameters: describePathId('id', 'Id of the job.', 'tj_5n8y1r6s2bhe4fq9w2m0'),
    answer: 'The job as it is now.',
    schema: trainingJobSchema,
    errors: ['training_job_not_found'],
  });

/** `POST /v1/training-jobs` and `POST /v1/training-jobs/{id}/cancel`. */
export function addTrainingJobStartRoutes(app: Hono<AppEnvironment>): void {
  const mayTrain = authenticateApiKey('train');
  const limited = limitBodySize(limits.trainingBodyBytesMax);

  app.post('/v1/training-jobs', describeCreation(), mayTrain, limited, async (context) => {
    const { environment, training } = context.var.dependencies;
    const { service, jobs } = training;
    const idempotencyKey = readIdempotencyKey(context.req.raw.headers);
    const request = parseInput(createTrainingJobSchema, await readJsonObject(context.req.raw));
    const { dataset: datasetId, adapter, method, preset, on_no_gain } = request;
    const adapterName = refuseBaseModel(adapter, environment.baseModel);
    const plan = { method, preset, settings: { ...presets[preset], ...request.settings }, on_no_gain };
    const { tenantId, id: keyId } = context.var.apiKey;
    const traceparent = requestTrace(context)?.traceparent;
    const wanted = { tenantId, keyId, datasetId, adapterName, plan, idempotencyKey, traceparent };
    const row = await submitJob(service, jobs, wanted);
    return context.json(shapeJob(row, await jobPositions(jobs, [row]).then((find) => find(row))), 201);
  });

  app.post('/v1/training-jobs/:id/cancel', describeCancellation(), mayTrain, async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const named = { tenantId: context.var.apiKey.tenantId, id: context.req.param('id') };
    return context.json(shapeJob(await cancelJob(service, jobs, named), null));
  });
}
