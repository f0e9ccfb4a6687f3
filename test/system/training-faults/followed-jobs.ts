import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type TrainingJobResponse, trainingJobSchema } from '#shared/protocol/training-job.ts';
import { endedStates } from '#shared/training/job-states.ts';
import { type Answer, createAdapterApi, expectOk } from '#test/system/adapters/adapter-api.ts';

/** One event of a job as its followers get it. */
export interface FollowedEvent {
  readonly sequence: number;
  readonly data: { readonly kind: string; readonly state?: string | undefined };
}

const eventPattern = /^id: (\d+)\ndata: (.*)$/gm;
const eventSchema = z.looseObject({ kind: z.string(), state: z.string().optional() });
const pollMs = 50;

/** A tenant that trains, through an edge that may be gone now and then. */
export function createFollowedJobs(url: string, apiKey: string) {
  const api = createAdapterApi(url, apiKey);
  /** While the edge is gone, asks again. */
  const show = async (id: string): Promise<TrainingJobResponse> => {
    for (;;) {
      const answer = await api.call('GET', `/v1/training-jobs/${id}`).catch(() => undefined);
      if (answer?.status === 200) return trainingJobSchema.parse(answer.body);
      await delay(pollMs);
    }
  };
  return {
    ...api,
    show,
    upload: (lines: string, name: string, idempotencyKey: string): Promise<Answer> =>
      api.call('POST', `/v1/datasets?name=${name}`, {
        body: lines,
        headers: { 'Content-Type': 'application/jsonl', 'Idempotency-Key': idempotencyKey },
      }),
    submit: async (wanted: object): Promise<string> =>
      trainingJobSchema.parse(expectOk(await api.json('POST', '/v1/training-jobs', wanted))).id,
    /** The test's own time limit ends what never comes. */
    until: async (id: string, isSo: (job: TrainingJobResponse) => boolean): Promise<TrainingJobResponse> => {
      for (;;) {
        const job = await show(id);
        if (isSo(job)) return job;
        await delay(pollMs);
      }
    },
    /** All events to the job's end, by a reader that comes back to where it was. */
    follow: async (id: string): Promise<FollowedEvent[]> => {
      const events: FollowedEvent[] = [];
      const hasEnded = () => endedStates.some((state) => state === events.at(-1)?.data.state);
      for (; !hasEnded(); await delay(pollMs)) {
        const text = await readStream(url, apiKey, id, events.at(-1)?.sequence ?? 0);
        for (const [, sequence, data = ''] of text.matchAll(eventPattern)) {
          events.push({ sequence: Number(sequence), data: eventSchema.parse(JSON.parse(data)) });
        }
      }
      return events;
    },
  };
}

export type FollowedJobs = ReturnType<typeof createFollowedJobs>;

/** What came until the stream ended, or broke. */
async function readStream(url: string, apiKey: string, id: string, after: number): Promise<string> {
  let text = '';
  try {
    const headers = { Authorization: `Bearer ${apiKey}`, 'Last-Event-ID': String(after) };
    const response = await fetch(`${url}/v1/training-jobs/${id}/events`, { headers });
    if (!response.ok || response.body === null) return '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) text += piece;
  } catch {
    // What broke off in the middle of an event is left to the next reading.
  }
  return text.slice(0, text.lastIndexOf('\n\n') + 1);
}
