import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import { describeFault, type Fault, unreachable } from '#edge/playground/api/fault.ts';
import { splitEvents } from '#edge/playground/training/split-events.ts';
import { type TrainingEventData, trainingEventSchema } from '#shared/protocol/training-events.ts';

export interface EventsToFollow {
  readonly jobId: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Called with what each piece of the stream brought. */
  readonly onEvents: (events: readonly TrainingEventData[]) => void;
}

/** Reads a job's events until its stream ends; null, or why it could not be read. `EventSource` cannot send a key in a header. */
export async function followEvents({ fetch }: ApiPorts, following: EventsToFollow): Promise<Fault | null> {
  const { jobId, key, signal } = following;
  try {
    const response = await fetch(`/v1/training-jobs/${encodeURIComponent(jobId)}/events`, {
      headers: { Authorization: `Bearer ${key}` },
      credentials: 'omit',
      cache: 'no-store',
      signal,
    });
    if (!response.ok) return describeFault(response.status, await response.json().catch(() => null));
    await readStream(response, following.onEvents);
    return null;
  } catch {
    return signal.aborted ? null : unreachable;
  }
}

async function readStream(response: Response, onEvents: EventsToFollow['onEvents']): Promise<void> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let rest = '';
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
    const split = splitEvents(rest + decoder.decode(piece.value, { stream: true }));
    rest = split.rest;
    onEvents(split.data.flatMap(readEvent));
  }
}

/** Kinds that this page does not know are left out. */
function readEvent(data: string): TrainingEventData[] {
  try {
    const parsed = trainingEventSchema.safeParse(JSON.parse(data));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
