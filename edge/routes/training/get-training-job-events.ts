import type { Hono } from 'hono';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { answerWithStream } from '#edge/http/answer-with-stream.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describeHeader, describePathId } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute } from '#edge/routes/training/describe-training-route.ts';
import { streamEvents } from '#edge/training/jobs/stream-events.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { streamedTrainingEventSchema } from '#shared/protocol/training-events.ts';

const idParameter = describePathId('id', 'Id of the job.', 'tj_5n8y1r6s2bhe4fq9w2m0');

const lastEventId = describeHeader(
  'Last-Event-ID',
  z
    .string()
    .regex(/^\d{0,15}$/)
    .meta({
      description: 'Number of the last event that was seen: the stream begins behind it; empty: none was.',
      examples: ['12'],
    }),
);

const describeEvents = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_job_events',
    summary: 'Follow a training job',
    description:
      'Server-sent events from the first one, or from behind Last-Event-ID, until the job has ended. Their numbers rise by one. The stream ends after five minutes at the latest; readers of event streams (`EventSource`) then go on by themselves.',
    parameters: [...idParameter, ...lastEventId],
    answer: 'A stream; the data of each event is one JSON object.',
    schema: streamedTrainingEventSchema,
    mediaType: 'text/event-stream',
    errors: ['invalid_request', 'training_job_not_found'],
  });

/** `GET /v1/training-jobs/{id}/events`: what happens to a job, as a stream. */
export function addTrainingJobEventRoute(app: Hono<AppEnvironment>): void {
  const mayTrain = authenticateApiKey('train');

  app.get('/v1/training-jobs/:id/events', describeEvents(), mayTrain, async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const id = context.req.param('id');
    const after = readLastEventId(context.req.header('last-event-id'));
    if ((await jobs.find(context.var.apiKey.tenantId, id)) === undefined) throw jobNotFound(id);
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return answerWithStream(context, streamEvents(service, jobs, id, after), headers);
  });
}

function readLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const message = 'Last-Event-ID must be the number of an event of this job';
  throw new ServiceError('invalid_request', message, { param: 'Last-Event-ID' });
}
