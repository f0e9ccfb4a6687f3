import { setTimeout as delay } from 'node:timers/promises';
import type { JobTools } from '#gpu-worker/training-service/held-job.ts';
import { sweepJobFolders } from '#gpu-worker/training-service/job-folders.ts';
import { runJob } from '#gpu-worker/training-service/run-job.ts';
import { endJobSpan, startJobSpan } from '#gpu-worker/training-service/trace-job.ts';
import type { TrainingLease } from '#shared/protocol/training-work.ts';

export interface WorkOptions extends JobTools {
  /** Milliseconds between two questions for a job while there is none. */
  readonly idleMs: number;
}

/** The longest pause between two questions while the edge does not answer. */
const pauseMsMax = 60_000;

/** Takes jobs one after the other until `shutdown` fires and the job at hand is done with. Never rejects: an edge that is gone is asked again. */
export async function workOnJobs(options: WorkOptions, shutdown: AbortSignal): Promise<void> {
  const { logger, idleMs, jobsFolder, observer, tracing } = options;
  await sweepJobFolders(jobsFolder);
  let pauseMs = idleMs;
  while (!shutdown.aborted) {
    const lease = await ask(options);
    if (lease === 'no-answer') {
      pauseMs = Math.min(pauseMs * 2, pauseMsMax);
    } else if (lease !== null) {
      pauseMs = idleMs;
      await work(lease);
      continue;
    } else pauseMs = idleMs;
    // Workers that were started together do not ask together.
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal: shutdown }).catch(() => undefined);
  }

  async function work(lease: TrainingLease): Promise<void> {
    const { job_id: jobId, attempt } = lease;
    logger.info({ jobId, lease: lease.lease, attempt, step: lease.checkpoint?.step ?? 0 }, 'a job is taken');
    observer.jobTaken();
    const startMs = options.now();
    const trace = startJobSpan(tracing, lease);
    const end = await runJob(lease, options, { shutdown, trace }).catch((err: unknown) => {
      logger.error({ err, jobId }, 'a job was dropped');
      return 'dropped' as const;
    });
    endJobSpan(trace, end, tracing);
    observer.jobEnded(end);
    logger.info({ jobId, lease: lease.lease, end, ms: options.now() - startMs }, 'a job is done with');
    // What went wrong here goes wrong at once again: another worker gets the chance to be faster.
    if (end === 'dropped') await delay(idleMs, undefined, { signal: shutdown }).catch(() => undefined);
  }
}

async function ask({ calls, logger }: WorkOptions): Promise<TrainingLease | null | 'no-answer'> {
  try {
    return await calls.lease();
  } catch (err) {
    logger.warn({ err }, 'the edge was asked for a job and did not answer');
    return 'no-answer';
  }
}
