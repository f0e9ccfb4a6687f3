import { setTimeout as delay } from 'node:timers/promises';
import { callApi } from '#cli/api-client/call-api.ts';
import type { Connection } from '#cli/api-client/connection.ts';
import { readEventStream } from '#cli/training-jobs/read-event-stream.ts';
import { type TrainingEventData, trainingEventSchema } from '#shared/protocol/training-events.ts';
import { type TrainingJobResponse, trainingJobSchema } from '#shared/protocol/training-job.ts';
import { hasEnded } from '#shared/training/job-states.ts';

export interface FollowOptions {
  readonly onEvent: (event: TrainingEventData) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before it connects again. */
  readonly pauseMs?: number;
}

/** Connections in a row without an event or an answer after which the API counts as gone. */
const failuresMax = 10;

/** Tells what happens to a job until it has ended, over as many connections as it takes, each event once. Throws an Error with one sentence when the API is gone. */
export async function followJob(
  connection: Connection,
  id: string,
  { onEvent, signal, pauseMs = 1_000 }: FollowOptions,
): Promise<TrainingJobResponse> {
  let last = '';
  for (let failures = 0; ; ) {
    try {
      for await (const event of streamEvents(connection, id, last, signal)) {
        last = event.id;
        failures = 0;
        const parsed = trainingEventSchema.safeParse(JSON.parse(event.data));
        // A kind that a newer service knows is passed over.
        if (parsed.success) onEvent(parsed.data);
      }
      const job = await showJob(connection, id, signal);
      if (hasEnded(job.state)) return job;
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (failures >= failuresMax || error instanceof RefusedError) throw error;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/** A job as it is now. */
export function showJob(connection: Connection, id: string, signal: AbortSignal): Promise<TrainingJobResponse> {
  const path = `/v1/training-jobs/${encodeURIComponent(id)}`;
  return callApi(connection, { method: 'GET', path, schema: trainingJobSchema, signal });
}

/** The API answered, and will not answer otherwise. */
class RefusedError extends Error {}

async function* streamEvents({ url, key }: Connection, id: string, after: string, signal: AbortSignal) {
  const headers = { authorization: `Bearer ${key}`, ...(after === '' ? {} : { 'last-event-id': after }) };
  const path = `/v1/training-jobs/${encodeURIComponent(id)}/events`;
  const response = await fetch(`${url}${path}`, { headers, signal, redirect: 'error' });
  if (response.status === 404) throw new RefusedError(`There is no training job "${id}" for this API key.`);
  if (response.status === 401 || response.status === 403) throw new RefusedError(`${url} refuses the API key.`);
  if (!response.ok || response.body === null) throw new Error(`${url} answered with status ${response.status}.`);
  yield* readEventStream(response.body);
}
