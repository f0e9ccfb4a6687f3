import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';

/** Where a job is, in a sentence. */
export function describeJob({ state, position, progress, result }: TrainingJobResponse): string {
  if (state === 'queued' && position !== null) return `It waits; ${position - 1} jobs come before it.`;
  if (state === 'completed' && result !== null) {
    return result.published === null ? 'Nothing was published.' : `Published as ${result.published}.`;
  }
  if (progress === null) return state === 'running' ? 'It is being prepared.' : 'No step has been told of.';
  const parts = [
    `Step ${progress.step} of at most ${progress.steps}`,
    ...(progress.loss === null ? [] : [`loss ${progress.loss.toFixed(4)}`]),
    ...(progress.best_metric === null ? [] : [`best nDCG@10 ${progress.best_metric.toFixed(4)}`]),
    ...(progress.base_metric === null ? [] : [`base model ${progress.base_metric.toFixed(4)}`]),
    ...(progress.seconds_left === null ? [] : [`at most ${Math.ceil(progress.seconds_left / 60)} min left`]),
  ];
  return `${parts.join(', ')}.`;
}
