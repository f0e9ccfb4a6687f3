import { changeJob } from '#edge/training/jobs/change-job.ts';
import { expireLease } from '#edge/training/jobs/expire-lease.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { sendToQueue } from '#edge/training/jobs/send-to-queue.ts';
import { type TrainingMessage, trainingMessageSchema } from '#edge/training/training-message.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { holdsJob } from '#edge/training/work/lease-lost.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';
import { errorName } from '#shared/tracing/in-span.ts';
import { traceIdOf } from '#shared/tracing/trace-context.ts';

/** One message of a batch: a narrow view of the platform's. */
export interface QueuedMessage {
  readonly body: unknown;
  readonly ack: () => void;
  readonly retry: (options: { readonly delaySeconds: number }) => void;
}

/** Seconds after which a message that could not be handled comes again. */
const retrySeconds = 10;

/** What the queue's consumer does with a batch: each message by itself, and again later where the database does not answer. `tracing`: absent where it is off. */
export async function consumeMessages(
  service: TrainingService,
  jobs: JobStore,
  messages: readonly QueuedMessage[],
  tracing?: Tracing,
): Promise<void> {
  for (const message of messages) {
    const parsed = trainingMessageSchema.safeParse(message.body);
    try {
      if (parsed.success) await traced(tracing, parsed.data, (message) => handle(service, jobs, message));
      else service.log({ level: 'error', event: 'training_message_unknown' });
      message.ack();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      service.log({ level: 'warn', event: 'training_message_failed', message: reason });
      message.retry({ delaySeconds: retrySeconds });
    }
  }
}

/** The admission of a job is a part of the request that made it. */
async function traced(
  tracing: Tracing | undefined,
  message: TrainingMessage,
  work: (message: TrainingMessage) => Promise<void>,
): Promise<void> {
  if (tracing === undefined || message.kind !== 'admit' || message.traceparent === undefined) return work(message);
  const { traceparent, job_id: job } = message;
  const caller = traceIdOf(traceparent) === undefined ? undefined : { traceparent };
  const span = tracing.startRequest('admit training job', caller, {
    kind: 'consumer',
    attributes: { 'hintrank.job': job },
  });
  try {
    await work(message);
    span.end();
  } catch (error) {
    span.end({ error: errorName(error) });
    throw error;
  }
}

async function handle(service: TrainingService, jobs: JobStore, message: TrainingMessage): Promise<void> {
  const { database, now } = service;
  if (message.kind === 'admit') {
    await changeJob(database, { id: message.job_id, event: 'admit', nowMs: now() });
    return;
  }
  const job = await jobs.findAny(message.job_id);
  if (job === undefined || !holdsJob(job, message.lease)) return;
  const leftMs = (job.leaseExpiresAtMs ?? 0) - now();
  if (leftMs < 0) return expireLease(service, job);
  await sendToQueue(service, message, { delaySeconds: Math.ceil(leftMs / 1_000) + 1 });
}
