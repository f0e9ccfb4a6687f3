import { z } from 'zod';
import { callApi } from '#cli/api-client/call-api.ts';
import { followJob } from '#cli/training-jobs/follow-job.ts';
import { readEventStream, type StreamedEvent } from '#cli/training-jobs/read-event-stream.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';
import { type TrainingJobResponse, trainingJobSchema } from '#shared/protocol/training-job.ts';
import type { TrainingJobSettings } from '#shared/protocol/training-settings.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

export interface JobToMake {
  readonly dataset: string;
  readonly adapter: string;
  readonly preset: string;
  readonly settings: TrainingJobSettings;
}

const comparison = z.looseObject({ base: z.number(), adapter: z.number() });
/** What of a report is compared with other sources. */
const reportSchema = z.looseObject({ settings: trainingSettingsSchema, verdict: z.string(), alone: comparison });

export interface TrainedJob {
  readonly job: TrainingJobResponse;
  readonly report: z.infer<typeof reportSchema>;
}

/** `POST /v1/training-jobs`, its events to the end, and its report. Throws an Error with one sentence when the job does not complete. */
export async function trainOverHttp(stage: WalkStage, wanted: JobToMake): Promise<TrainedJob> {
  const { connection, signal, say, expect } = stage;
  // Published in any case: what comes after the training is walked, too, when the dev queries are too few to show a gain.
  const body = { ...wanted, on_no_gain: 'publish' };
  say(`\nPOST /v1/training-jobs ${JSON.stringify(body)}`);
  const path = '/v1/training-jobs';
  const { id, state } = await callApi(connection, { method: 'POST', path, body, schema: trainingJobSchema, signal });
  say(`  ${id}: ${state}`);
  say(`\nGET /v1/training-jobs/${id}/events`);
  const job = await followJob(connection, id, { onEvent: eventSayer(say), signal });
  if (job.result === null) throw new Error(`Training job ${id} is ${job.state}: ${job.error?.message ?? 'no reason'}`);
  await readEventsAgain(stage, id);
  say(`\nGET /v1/training-jobs/${id}`);
  for (const line of renderJob(job).trimEnd().split('\n')) say(`  ${line}`);
  const reportPath = `/v1/training-jobs/${id}/report`;
  say(`\nGET ${reportPath}`);
  const report = await callApi(connection, { method: 'GET', path: reportPath, schema: reportSchema, signal });
  say(`  nDCG@10 by likelihood ${report.alone.base} → ${report.alone.adapter}; seed ${report.settings.seed}`);
  const { likelihood } = job.result.summary;
  expect('the report has the figures of the job', likelihood.adapter === report.alone.adapter);
  return { job, report };
}

/** Shows what happens; of steps, every tenth part. */
function eventSayer(say: (line: string) => void): (event: TrainingEventData) => void {
  let shown = 0;
  return (event) => {
    if (event.kind === 'progress' && event.step < Math.min(event.steps, shown + event.steps / 10)) return;
    if (event.kind === 'progress') shown = event.step;
    say(`  ${JSON.stringify(event)}`);
  };
}

/** A stream that begins behind an event has what the whole stream has behind it. */
async function readEventsAgain({ connection, signal, say, expect }: WalkStage, id: string): Promise<void> {
  const read = async (after: Readonly<Record<string, string>>): Promise<StreamedEvent[]> => {
    const headers = { authorization: `Bearer ${connection.key}`, ...after };
    const { body } = await fetch(`${connection.url}/v1/training-jobs/${id}/events`, { headers, signal });
    return body === null ? [] : Array.fromAsync(readEventStream(body));
  };
  const whole = await read({});
  const middle = whole[whole.length >> 1]?.id ?? '';
  const rest = await read({ 'last-event-id': middle });
  say(`  again, with Last-Event-ID: ${middle}: ${rest.length} of ${whole.length} events`);
  const expected = whole.slice((whole.length >> 1) + 1);
  expect('events behind an event are those that follow it', JSON.stringify(rest) === JSON.stringify(expected));
}
