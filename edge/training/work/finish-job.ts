import { sql } from 'drizzle-orm';
import { changeJob, type JobChange } from '#edge/training/jobs/change-job.ts';
import { cleanJob } from '#edge/training/jobs/clean-job.ts';
import { type JobRow, readPlan } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { runBatch } from '#edge/training/run-batch.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { countTokens } from '#edge/training/work/count-tokens.ts';
import { holdsJob, leaseLost } from '#edge/training/work/lease-lost.ts';
import { publishAdapter } from '#edge/training/work/publish-adapter.ts';
import { limits } from '#shared/limits.ts';
import type { Finish, FinishAnswer } from '#shared/protocol/training-work.ts';
import { hasEnded } from '#shared/training/job-states.ts';

type Completed = Extract<Finish, { outcome: 'completed' }>;
type Failed = Extract<Finish, { outcome: 'failed' }>;

export interface FinishOptions {
  readonly requestId: string;
  readonly runInBackground: (work: Promise<unknown>) => void;
}

/**
 * A worker's last word. What it has trained is published at most once, whoever says so and however often. Throws ServiceError `lease_lost`; and why an
 * adapter could not be registered now, after which the same call may be sent again.
 */
export async function finishJob(
  service: TrainingService,
  jobs: JobStore,
  id: string,
  finish: Finish,
  options: FinishOptions,
): Promise<FinishAnswer> {
  const job = await jobs.findAny(id);
  if (job === undefined || !holdsJob(job, finish.lease)) return answerAgain(id, job, finish);
  const changed = await endLease(service, job, finish, options.requestId);
  const current = changed ?? (await jobs.findAny(id));
  if (current === undefined || (changed === undefined && !hasEnded(current.state))) {
    throw leaseLost(id, finish.lease, current);
  }
  if (hasEnded(current.state)) options.runInBackground(cleanJob(service, current));
  return { state: current.state, adapter_version: current.version };
}

/** The answer to a call that was answered before, or another worker's refusal. */
function answerAgain(id: string, job: JobRow | undefined, { lease, outcome }: Finish): FinishAnswer {
  const handedBack = job?.state === 'queued' && (outcome === 'released' || outcome === 'failed');
  if (job === undefined || job.lease !== lease || !(handedBack || hasEnded(job.state))) throw leaseLost(id, lease, job);
  return { state: job.state, adapter_version: job.version };
}

function endLease(
  service: TrainingService,
  job: JobRow,
  finish: Finish,
  requestId: string,
): Promise<JobRow | undefined> {
  switch (finish.outcome) {
    case 'completed':
      return completeJob(service, job, finish, requestId);
    case 'failed':
      return failJob(service, job, finish);
    case 'cancelled':
      return change(service, job, { event: 'stop' });
    case 'released':
      return change(service, job, {
        event: 'release',
        message: 'The worker is shut down and handed the job back.',
        set: sql`, attempt = attempt - 1`,
      });
  }
}

async function completeJob(
  service: TrainingService,
  job: JobRow,
  finish: Completed,
  requestId: string,
): Promise<JobRow | undefined> {
  const { summary } = finish;
  const total = Math.max(job.tokens, summary.tokens);
  await countLastTokens(service, job, total);
  const set = sql`, summary = ${JSON.stringify(summary)}`;
  const publishes = summary.better || readPlan(job).on_no_gain === 'publish';
  if (job.state === 'cancelling') return change(service, job, { event: 'complete' });
  if (!publishes)
    return change(service, job, {
      event: 'complete',
      set,
      message: 'No gain over the base model: nothing was published.',
    });
  const outcome = await publishAdapter(service, job, { adapter: finish.adapter, set, requestId });
  switch (outcome.kind) {
    case 'published':
      return outcome.job;
    case 'refused':
      return fail(service, job, outcome.code, outcome.message);
    case 'not-held':
      // Cancelled between the look at the job and the end of the check; or lost, which changes nothing here.
      return change(service, job, { event: 'complete', where: sql`state = 'cancelling'` });
  }
}

/** Tokens since the last heartbeat. */
async function countLastTokens({ database, now }: TrainingService, job: JobRow, total: number): Promise<void> {
  if (total === job.tokens) return;
  const { ofDay, ofKey } = countTokens(job, total - job.tokens, now());
  const update = sql`UPDATE training_jobs SET tokens = ${total}
    WHERE id = ${job.id} AND lease = ${job.lease} AND tokens = ${job.tokens}`;
  await runBatch(database, [update, ofDay, ofKey]);
}

function failJob(
  service: TrainingService,
  job: JobRow,
  { code, message, retryable }: Failed,
): Promise<JobRow | undefined> {
  const last = job.attempt >= limits.trainingAttemptsMax;
  if (retryable && !last) {
    return change(service, job, { event: 'expire', message: `Attempt ${job.attempt} failed: ${message}` });
  }
  return fail(service, job, code, retryable ? `${message} (attempt ${job.attempt} of ${job.attempt})` : message);
}

function fail(service: TrainingService, job: JobRow, code: string, message: string): Promise<JobRow | undefined> {
  const set = sql`, error_code = CASE state WHEN 'running' THEN ${code} END,
    error_message = CASE state WHEN 'running' THEN ${message} END`;
  return change(service, job, { event: 'fail', message, set });
}

function change(
  { database, now }: TrainingService,
  { id, lease }: JobRow,
  wanted: Pick<JobChange, 'event' | 'message' | 'set' | 'where'>,
): Promise<JobRow | undefined> {
  const where = wanted.where === undefined ? sql`lease = ${lease}` : sql`lease = ${lease} AND ${wanted.where}`;
  return changeJob(database, { ...wanted, id, where, nowMs: now() });
}
