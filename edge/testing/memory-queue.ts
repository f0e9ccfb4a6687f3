import type { QueuedMessage } from '#edge/training/consume-messages.ts';
import type { TrainingMessage, TrainingQueue } from '#edge/training/training-message.ts';

interface Waiting {
  readonly message: TrainingMessage;
  readonly delaySeconds: number;
}

/** A queue that holds what was sent until a test takes it; for faults and times that the simulator's own (edge/worker.test.ts) shows only by chance. */
export class MemoryQueue implements TrainingQueue {
  readonly waiting: Waiting[] = [];
  /** Whether it takes nothing. */
  down = false;

  readonly send = async (message: TrainingMessage, options?: { readonly delaySeconds: number }): Promise<void> => {
    if (this.down) throw new Error('Queue send failed');
    this.waiting.push({ message, delaySeconds: options?.delaySeconds ?? 0 });
  };

  /** Everything that waits, as a batch; `again` gets what is to come once more. */
  take(again: TrainingMessage[] = []): QueuedMessage[] {
    const taken = this.waiting.splice(0);
    return taken.map(({ message }) => ({
      body: message,
      ack: () => undefined,
      retry: () => void again.push(message),
    }));
  }
}
