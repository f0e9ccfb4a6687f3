import { setTimeout as delay } from 'node:timers/promises';
import { ProcessorShare } from '#gpu-worker/training-service/process/processor-share.ts';

export interface PaceOptions {
  /** Of all cores' time, 0 to 1. */
  readonly share: number;
  readonly cores: number;
  /** Ends the resting: who is asked to end shall not take longer for being held back. */
  readonly signal: AbortSignal;
}

/** Between two pieces of work of this process: resolves when it has used no more than its share. With a share of 1 there is nothing to wait for. */
export function createPace({ share, cores, signal }: PaceOptions): () => Promise<void> {
  if (share >= 1) return async () => {};
  const held = new ProcessorShare(share * cores);
  return async () => {
    const { user, system } = process.cpuUsage();
    const restMs = held.restAfter({ processorMs: (user + system) / 1_000, atMs: performance.now() });
    if (restMs > 0 && !signal.aborted) await delay(restMs, undefined, { signal }).catch(() => undefined);
  };
}
