import type { TrainingMessage } from '#edge/training/training-message.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

/** Sends a message; one that the queue does not take is logged, and what it would have done is the sweep's. */
export async function sendToQueue(
  { queue, log }: TrainingService,
  message: TrainingMessage,
  options?: { readonly delaySeconds: number },
): Promise<void> {
  try {
    await queue?.send(message, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log({
      level: 'warn',
      event: 'training_message_not_sent',
      kind: message.kind,
      job: message.job_id,
      message: reason,
    });
  }
}
