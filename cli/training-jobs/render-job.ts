import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';
import type { TrainingSummary } from '#shared/protocol/training-summary.ts';
import { hasEnded } from '#shared/training/job-states.ts';

/** A job in a few lines: where it stands, or what came of it. */
export function renderJob(job: TrainingJobResponse): string {
  const { id, state, adapter, position, progress, cost, result, error } = job;
  const place = position === null ? '' : `, place ${position} in the queue`;
  const soFar = hasEnded(state) ? '' : ' so far';
  const lines = [`${id} (${adapter}): ${state}${place}, ${cost.tokens} tokens${soFar}`];
  if (progress !== null && result === null) {
    const loss = progress.loss === null ? '' : `, loss ${progress.loss.toFixed(4)}`;
    const dev = progress.dev_metric === null ? '' : `, dev nDCG@10 ${progress.dev_metric.toFixed(4)}`;
    lines.push(`step ${progress.step} of ${progress.steps}${loss}${dev}`);
  }
  if (error !== null) lines.push(`${error.code}: ${error.message}`);
  if (result !== null) lines.push(...renderResult(result.published, result.summary));
  return `${lines.join('\n')}\n`;
}

function renderResult(published: string | null, summary: TrainingSummary): string[] {
  const { likelihood, blended, verdict, kept_step: keptStep, steps, dev_queries: queries, signs } = summary;
  const row = (name: string, { base, adapter }: TrainingSummary['likelihood']) =>
    `${name} dev nDCG@10 ${base.toFixed(4)} → ${adapter.toFixed(4)} (${queries} queries)`;
  return [
    verdict,
    row('by likelihood:', likelihood),
    ...(blended === null ? [] : [row('blended:', blended)]),
    `The adapter is the one of step ${keptStep} of ${steps}.`,
    ...signs.map(({ sentence }) => sentence),
    published === null ? 'Nothing was published.' : `Published as ${published}.`,
  ];
}
