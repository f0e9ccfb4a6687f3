import type { JobStore } from '#edge/training/jobs/job-store.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { hasEnded } from '#shared/training/job-states.ts';

/** Milliseconds between two looks for new events; also what a client is told to wait before it connects again. */
const lookEveryMs = 1_000;

/** Milliseconds after which a comment goes out where nothing else did, so that no proxy takes the connection for dead. */
const silenceMs = 15_000;

/** Milliseconds after which the stream ends by itself, and its reader comes back with Last-Event-ID: one request of a Worker may make a thousand calls. */
const streamMs = 300_000;

/** Events of one look. */
const readMax = 200;

/**
 * The events of a job behind number `after`, as server-sent events, until the job has ended and all were sent. What goes wrong in the middle ends the
 * stream; its reader comes back to where it was.
 */
export function streamEvents(
  service: TrainingService,
  jobs: JobStore,
  jobId: string,
  after: number,
): ReadableStream<Uint8Array> {
  const { now, sleep } = service;
  const startedAtMs = now();
  let sentAtMs = startedAtMs;
  let last = after;
  let left = false;
  const encoder = new TextEncoder();
  /** What to send next; undefined: the stream is over. Waits until there is something. */
  const next = async (): Promise<string | undefined> => {
    while (!left && now() - startedAtMs < streamMs) {
      const job = await jobs.findAny(jobId);
      const events = await jobs.listEvents(jobId, last, readMax);
      last = events.at(-1)?.sequence ?? last;
      if (events.length > 0) return events.map(({ sequence, data }) => `id: ${sequence}\ndata: ${data}\n\n`).join('');
      // The state was read before the events, so its own is among them.
      if (job === undefined || hasEnded(job.state)) return undefined;
      await sleep(lookEveryMs);
      if (now() - sentAtMs >= silenceMs) return ': still here\n\n';
    }
    return undefined;
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${lookEveryMs}\n\n`)),
    pull: async (controller) => {
      const text = await next();
      sentAtMs = now();
      if (text !== undefined) controller.enqueue(encoder.encode(text));
      else if (!left) controller.close();
    },
    cancel: () => {
      left = true;
    },
  });
}
