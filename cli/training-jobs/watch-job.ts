import type { Connection } from '#cli/api-client/connection.ts';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { createTrainingProgress } from '#cli/output/training-progress.ts';
import { followJob } from '#cli/training-jobs/follow-job.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';
import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';

/**
 * Shows a job as a local training is shown, until it has ended. Ctrl-C leaves the job alone: it says how to come back or cancel, and gives undefined.
 * Throws an Error with one sentence when the API is gone.
 */
export async function watchJob(
  connection: Connection,
  id: string,
  io: Pick<CommandIo, 'stderr' | 'signal'>,
): Promise<TrainingJobResponse | undefined> {
  const progress = createTrainingProgress(io);
  const show = eventShower(progress, (line) => void io.stderr.write(`${line}\n`));
  try {
    return await followJob(connection, id, { onEvent: show, signal: io.signal });
  } catch (error) {
    if (!io.signal.aborted) throw error;
    progress.stop();
    io.stderr.write(
      `Job ${id} goes on without you. Follow it: hintrank job follow ${id}. Cancel it: hintrank job cancel ${id}.\n`,
    );
    return undefined;
  } finally {
    progress.stop();
  }
}

/** Hands a job's events to the display of local runs, in its words. */
function eventShower(progress: ReturnType<typeof createTrainingProgress>, say: (line: string) => void) {
  let tokens = 0;
  return (event: TrainingEventData): void => {
    switch (event.kind) {
      case 'state':
        progress.stop();
        say(event.message === null ? `job: ${event.state}` : `job: ${event.state}. ${event.message}`);
        return;
      case 'progress':
        progress.onEvent({
          kind: 'step',
          step: event.step,
          steps: event.steps,
          loss: event.loss ?? Number.NaN,
          tokens: Math.max(0, event.tokens - tokens),
        });
        tokens = event.tokens;
        return;
      case 'resumed':
        progress.onEvent({ ...event, tokens });
        return;
      default:
        progress.onEvent(event);
    }
  };
}
