import { link, rm } from 'node:fs/promises';
import type { SavedCheckpoint } from '#gpu-worker/training-service/edge/progress-tally.ts';
import type { StoredObject } from '#shared/protocol/training-work.ts';

export interface CheckpointUploadsOptions {
  /** The file that the training replaces. */
  readonly path: string;
  readonly keyOf: (step: number) => string;
  /** Puts a file into the bucket, however long that takes; rejects when nobody wants it any more, which `stopped` says too. */
  readonly upload: (key: string, path: string, stopped: AbortSignal) => Promise<StoredObject>;
  /** Tells the edge of one that is whole in the bucket. */
  readonly tell: (checkpoint: SavedCheckpoint) => Promise<void>;
  /** Removes one that the edge will not name any more. */
  readonly remove: (key: string) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** Brings a job's checkpoints into the bucket, one at a time; of those that come meanwhile only the newest. */
export class CheckpointUploads {
  readonly #options: CheckpointUploadsOptions;
  #waiting: Pick<SavedCheckpoint, 'step' | 'tokens'> | null = null;
  #running: Promise<void> | null = null;
  readonly #stopped = new AbortController();
  #toldKey: string | null = null;

  constructor(options: CheckpointUploadsOptions) {
    this.#options = options;
  }

  add(checkpoint: Pick<SavedCheckpoint, 'step' | 'tokens'>): void {
    this.#waiting = checkpoint;
    this.#running ??= this.#run();
  }

  /** Resolves when none is waiting or on its way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Breaks off what is on its way; when it resolves, nothing is, and nothing follows. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting !== null && !this.#stopped.signal.aborted) {
      const checkpoint = this.#waiting;
      this.#waiting = null;
      // A checkpoint that does not arrive costs steps if the worker dies, and nothing else.
      await this.#bring(checkpoint).catch((error) => {
        if (!this.#stopped.signal.aborted) this.#options.onFault(error);
      });
    }
    this.#running = null;
  }

  async #bring({ step, tokens }: Pick<SavedCheckpoint, 'step' | 'tokens'>): Promise<void> {
    const { path, keyOf, upload, tell, remove } = this.#options;
    // The training replaces its file whenever it likes; under a second name these bytes stay as they are.
    const stable = `${path}.${step}`;
    await rm(stable, { force: true });
    await link(path, stable);
    try {
      const stored = await upload(keyOf(step), stable, this.#stopped.signal);
      await tell({ ...stored, step, tokens });
      if (this.#toldKey !== null && this.#toldKey !== stored.object_key) await remove(this.#toldKey);
      this.#toldKey = stored.object_key;
    } finally {
      await rm(stable, { force: true });
    }
  }
}
