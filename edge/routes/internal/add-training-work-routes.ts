import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import { authenticateTrainingWorker } from '#edge/middleware/authenticate-training-worker.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { beatJob } from '#edge/training/work/beat-job.ts';
import { finishJob } from '#edge/training/work/finish-job.ts';
import { leaseJob } from '#edge/training/work/lease-job.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { finishSchema, heartbeatSchema, leaseRequestSchema, trainingRoutes } from '#shared/protocol/training-work.ts';

/** What training workers call (shared/protocol/training-work.ts). No part of the public API, and in none of its documents. */
export function addTrainingWorkRoutes(app: Hono<AppEnvironment>): void {
  const limited = limitBodySize(limits.trainingCallBytesMax);

  app.post(trainingRoutes.leases, limited, authenticateTrainingWorker, async (context) => {
    const request = await read(context, leaseRequestSchema);
    const { training } = context.var.dependencies;
    const lease = await leaseJob(training.service, training, request);
    return lease === undefined ? context.body(null, 204) : context.json(lease);
  });

  app.post(trainingRoutes.heartbeat(':id'), limited, authenticateTrainingWorker, async (context) => {
    const heartbeat = await read(context, heartbeatSchema);
    const { service, jobs } = context.var.dependencies.training;
    return context.json(await beatJob(service, jobs, context.req.param('id') ?? '', heartbeat));
  });

  app.post(trainingRoutes.finish(':id'), limited, authenticateTrainingWorker, async (context) => {
    const finish = await read(context, finishSchema);
    const { service, jobs } = context.var.dependencies.training;
    const options = { requestId: context.var.requestId, runInBackground: runInBackground(context) };
    return context.json(await finishJob(service, jobs, context.req.param('id') ?? '', finish, options));
  });
}

async function read<Schema extends z.ZodType>(
  context: Context<AppEnvironment>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await context.req.json().catch((cause: unknown) => {
    throw new ServiceError('invalid_json', undefined, { cause });
  });
  return parseInput(schema, body);
}
