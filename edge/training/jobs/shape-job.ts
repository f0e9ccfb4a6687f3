import { type JobRow, readPlan, readProgress } from '#edge/training/jobs/job-row.ts';
import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';
import { trainingSummarySchema } from '#shared/protocol/training-summary.ts';

/** A job as the API shows it. `position` — in the queue, from 1; null where it does not wait. */
export function shapeJob(row: JobRow, position: number | null): TrainingJobResponse {
  const { method, preset, settings, on_no_gain } = readPlan(row);
  return {
    object: 'training_job',
    id: row.id,
    state: row.state,
    dataset: row.datasetId,
    adapter: row.adapterName,
    model: row.baseModel,
    method,
    preset,
    settings,
    on_no_gain,
    position,
    attempt: row.attempt,
    progress: shapeProgress(row),
    cost: { tokens: row.tokens },
    result: shapeResult(row),
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    created_at: instant(row.createdAtMs),
    started_at: row.startedAtMs === null ? null : instant(row.startedAtMs),
    ended_at: row.endedAtMs === null ? null : instant(row.endedAtMs),
  };
}

function shapeProgress(row: JobRow): TrainingJobResponse['progress'] {
  const progress = readProgress(row);
  if (progress === undefined || progress.told === null) return null;
  const { step, steps, loss, seconds_left } = progress.told;
  const { base_metric, dev_metric, best_metric, at_ms } = progress;
  return { step, steps, loss, base_metric, dev_metric, best_metric, seconds_left, at: instant(at_ms) };
}

function shapeResult({ id, summary, version, adapterName, state }: JobRow): TrainingJobResponse['result'] {
  if (summary === null || state !== 'completed') return null;
  const published = version === null ? null : `${adapterName}@${version}`;
  const report = `/v1/training-jobs/${id}/report`;
  return { published, report, summary: trainingSummarySchema.parse(JSON.parse(summary)) };
}

function instant(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
