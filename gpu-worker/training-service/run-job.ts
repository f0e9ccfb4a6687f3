import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { LeaseLostError } from '#gpu-worker/training-service/edge/edge-calls.ts';
import { startHeartbeats, type Verdict } from '#gpu-worker/training-service/edge/heartbeats.ts';
import { ProgressTally } from '#gpu-worker/training-service/edge/progress-tally.ts';
import { fetchInputs } from '#gpu-worker/training-service/fetch-inputs.ts';
import { handOverResults } from '#gpu-worker/training-service/hand-over-results.ts';
import { type HeldJob, type JobTools, keepTrying } from '#gpu-worker/training-service/held-job.ts';
import { makeJobFolder } from '#gpu-worker/training-service/job-folders.ts';
import { ObjectGoneError } from '#gpu-worker/training-service/objects/job-objects.ts';
import { trainHeldJob } from '#gpu-worker/training-service/train-held-job.ts';
import type { Finish, TrainingLease } from '#shared/protocol/training-work.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

/** How a job left this worker; `lost` and `unreachable`: without a word, and nothing of it counts. */
export type JobEnd = Finish['outcome'] | Exclude<Verdict, 'cancelled'>;

/** Milliseconds between two heartbeats at most, whatever keeps the lease: who follows a job wants to see it move. */
const progressMs = 5_000;

/** Does one leased job from its data to the last word to the edge, and leaves nothing on the disk. Never throws for what a job, the store or the edge do. */
export async function runJob(
  lease: TrainingLease,
  tools: JobTools,
  { shutdown, trace }: Pick<HeldJob, 'shutdown' | 'trace'>,
): Promise<JobEnd> {
  const { calls, pauses, now } = tools;
  const logger = tools.logger.child({ jobId: lease.job_id, lease: lease.lease });
  const over = new AbortController();
  let verdict = null as Verdict | null;
  const tally = new ProgressTally(now);
  const folder = await makeJobFolder(tools.jobsFolder, lease.job_id, lease.lease);
  const beats = startHeartbeats({
    calls,
    jobId: lease.job_id,
    lease: lease.lease,
    everyMs: Math.min(lease.heartbeat_seconds * 1_000, progressMs),
    patienceMs: pauses.patienceMs,
    take: () => tally.take(),
    onVerdict: (found) => {
      verdict = found;
      over.abort(new Error(`the job is ${found}`));
    },
    onFailedCall: (err) => logger.warn({ err }, 'a heartbeat got no answer'),
    nowMs: now,
  });
  const job: HeldJob = { lease, folder, tally, beats, over: over.signal, shutdown, logger, trace };
  const tell = (finish: Finish, signal: AbortSignal) => {
    const { outcome } = finish;
    if (outcome === 'failed') trace.set({ 'hintrank.error': finish.code });
    const name = outcome === 'completed' ? 'publish' : 'finish';
    return inSpan(trace, name, { 'hintrank.outcome': outcome }, ({ context }) =>
      keepTrying(job, pauses, 'finish', () => calls.finish(lease.job_id, finish, context), signal),
    );
  };
  try {
    const finish = await perform(job, tools);
    // What the edge has not heard of by then, nobody who follows the job would ever hear of.
    if (finish.outcome !== 'released') await beats.now();
    await tell(finish, job.over);
    return finish.outcome;
  } catch (error) {
    const found = verdict ?? (error instanceof LeaseLostError ? 'lost' : 'unreachable');
    if (verdict === null) logger.warn({ err: error }, 'the job is given up');
    if (found === 'cancelled') {
      const cancelled: Finish = { outcome: 'cancelled', lease: lease.lease };
      // Unheard, the lease runs out, and the edge ends the job by itself.
      await tell(cancelled, AbortSignal.timeout(tools.releaseMs)).catch(() => undefined);
    }
    return found;
  } finally {
    over.abort();
    await beats.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What is to be said to the edge of the job. Throws when nobody wants it any more. */
async function perform(job: HeldJob, tools: JobTools): Promise<Finish> {
  const { lease, shutdown, over } = job;
  const settings = trainingSettingsSchema.safeParse(lease.settings);
  if (!settings.success)
    return failed(lease, 'invalid_settings', `The settings are not valid: ${z.prettifyError(settings.error)}`, false);
  try {
    const dataPath = await fetchInputs(job, tools);
    const end = await trainHeldJob(job, tools, { dataPath, settings: settings.data });
    if (end.kind === 'stopped') return { outcome: 'released', lease: lease.lease };
    if (end.kind === 'failed') return failed(lease, end.failure.code, end.failure.message, !end.failure.permanent);
    return await handOverResults(job, tools, end.report);
  } catch (error) {
    over.throwIfAborted();
    if (error instanceof ObjectGoneError) return failed(lease, 'dataset_gone', 'The dataset was deleted.', false);
    if (shutdown.aborted) return { outcome: 'released', lease: lease.lease };
    job.logger.warn({ err: error }, 'data could not be moved');
    return failed(
      lease,
      'store_unavailable',
      'The object store, or the disk of the training worker, was not to be had for too long.',
      true,
    );
  }
}

/** Characters of a message that the edge takes. */
const messageCharactersMax = 2_000;

function failed({ lease }: TrainingLease, code: string, message: string, retryable: boolean): Finish {
  return { outcome: 'failed', lease, code, message: message.slice(0, messageCharactersMax), retryable };
}
