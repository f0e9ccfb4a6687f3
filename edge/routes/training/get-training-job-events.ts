import type { Hono } from 'hono';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import { describeHeader, describePathId } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute } from '#edge/routes/training/describe-training-route.ts';
import { streamEvents } from '#edge/training/jobs/stream-events.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import { type TrainingService, trainingBucket } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { trainingReportKey } from '#shared/object-keys.ts';
import { trainingEventStreamSchema } from '#shared/protocol/training-events.ts';
import { trainingReportSchema } from '#shared/protocol/training-report.ts';

const idParameter = describePathId('id', 'Id of the job.', 'tj_5n8y1r6s2bhe4fq9w2m0');

const lastEventId = describeHeader(
  'Last-Event-ID',
  z
    .string()
    .regex(/^\d{1,15}$/)
    .meta({ description: 'Number of the last event that was seen: the stream begins behind it.', examples: ['12'] }),
);

const describeEvents = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_job_events',
    summary: 'Follow a training job',
    description:
      'Server-sent events from the first one, or from behind Last-Event-ID, until the job has ended. Their numbers rise by one. The stream ends after five minutes at the latest; readers of event streams (`EventSource`) then go on by themselves.',
    parameters: [...idParameter, ...lastEventId],
    answer: 'A stream; the data of each event is one JSON object.',
    schema: trainingEventStreamSchema,
    mediaType: 'text/event-stream',
    errors: ['invalid_request', 'training_job_not_found'],
  });

const describeReport = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_job_report',
    summary: "Get a training job's report",
    description:
      'Of a completed job, published or not: metrics against the base model with confidence intervals, curves, a summary of the data, calibration, the exact settings and the seed.',
    parameters: idParameter,
    answer: 'The report.',
    schema: trainingReportSchema,
    errors: ['training_job_not_found', 'training_report_not_found', 'adapter_store_unavailable'],
  });

/** `GET /v1/training-jobs/{id}/events` and `…/report`: what a job says of itself as a stream. */
export function addTrainingJobStreamRoutes(app: Hono<AppEnvironment>): void {
  const mayTrain = authenticateApiKey('train');

  app.get('/v1/training-jobs/:id/events', describeEvents(), mayTrain, async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const id = context.req.param('id');
    const after = readLastEventId(context.req.header('last-event-id'));
    if ((await jobs.find(context.var.apiKey.tenantId, id)) === undefined) throw jobNotFound(id);
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return context.body(streamEvents(service, jobs, id, after), 200, headers);
  });

  app.get('/v1/training-jobs/:id/report', describeReport(), mayTrain, async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const id = context.req.param('id');
    const job = await jobs.find(context.var.apiKey.tenantId, id);
    if (job === undefined) throw jobNotFound(id);
    if (job.state !== 'completed') {
      const message = `Training job ${id} is ${job.state}; only a completed one has a report.`;
      throw new ServiceError('training_report_not_found', message);
    }
    return context.body(await readReport(service, id, job.lease), 200, { 'content-type': 'application/json' });
  });
}

function readLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const message = 'Last-Event-ID must be the number of an event of this job';
  throw new ServiceError('invalid_request', message, { param: 'Last-Event-ID' });
}

async function readReport(service: TrainingService, jobId: string, lease: number): Promise<ReadableStream> {
  const response = await trainingBucket(service).s3.send({ method: 'GET', key: trainingReportKey(jobId, lease) });
  if (response.status === 404) {
    throw new ServiceError('training_report_not_found', `The report of training job ${jobId} is not there.`);
  }
  if (response.status !== 200 || response.body === null) throw await unexpectedAnswer('GET', response);
  return response.body;
}
