import { join } from 'node:path';
import { type RunningGpuWorker, startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { startWorkerAddress, type WorkerAddress } from '#test/bench/operations/worker-address.ts';

export interface WorkerFleetOptions {
  readonly size: number;
  /** Folder of the workers' logs. */
  readonly folder: string;
  /** Settings of all workers, but for their keys and ports. */
  readonly settings: Readonly<Record<string, string>>;
  /** WORKER_SIGNING_KEY of the first ones. */
  readonly signingKeys: string;
}

interface Place {
  readonly address: WorkerAddress;
  worker: RunningGpuWorker;
}

/** Seconds that a worker's running calls get to end, as the chart gives them. */
const graceSeconds = 60;

/** Milliseconds after which a worker that was asked to end is killed; more than its own grace time. */
const forceAfterMs = (graceSeconds + 10) * 1_000;

/** Real worker processes, each behind an address that stays. Whoever starts one, or ends one, waits until it is done. */
export class WorkerFleet {
  readonly #options: WorkerFleetOptions;
  readonly #places: Place[] = [];
  #signingKeys: string;
  #started = 0;

  private constructor(options: WorkerFleetOptions) {
    this.#options = options;
    this.#signingKeys = options.signingKeys;
  }

  static async start(options: WorkerFleetOptions): Promise<WorkerFleet> {
    const fleet = new WorkerFleet(options);
    try {
      while (fleet.#places.length < options.size) {
        const worker = await fleet.#startWorker('0');
        fleet.#places.push({ address: await startWorkerAddress(worker.url), worker });
      }
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  /** The addresses that stay. */
  get urls(): string[] {
    return this.#places.map(({ address }) => address.url);
  }

  /** Replaces one worker after the other: the new one is ready and has the address before the old one is asked to end. */
  async rollOut(signingKeys = this.#signingKeys): Promise<void> {
    this.#signingKeys = signingKeys;
    for (const place of this.#places) {
      const old = place.worker;
      place.worker = await this.#startWorker('0');
      place.address.pointAt(place.worker.url);
      await this.#end(old);
    }
  }

  /** Ends one worker after the other, and starts it again on its port: until then nobody is at its address. */
  async restartInPlace(): Promise<void> {
    for (const place of this.#places) {
      await this.#end(place.worker);
      place.worker = await this.#startWorker(new URL(place.worker.url).port);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#places.map(async ({ worker, address }) => {
        await worker.stop(forceAfterMs);
        await address.stop();
      }),
    );
  }

  async #startWorker(port: string): Promise<RunningGpuWorker> {
    this.#started += 1;
    const { settings, folder } = this.#options;
    const name = `worker ${this.#started}`;
    const worker = await startGpuWorker({
      name,
      settings: {
        ...settings,
        GPU_WORKER_PORT: port,
        GPU_WORKER_GRACE_SECONDS: String(graceSeconds),
        WORKER_SIGNING_KEY: this.#signingKeys,
      },
      logFile: join(folder, `worker-${this.#started}.log`),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    try {
      await worker.ready;
      return worker;
    } catch (error) {
      await worker.stop(0);
      throw error;
    }
  }

  /** Throws where the worker does not drain: its calls were cut off. */
  async #end(worker: RunningGpuWorker): Promise<void> {
    await worker.stop(forceAfterMs);
    const code = await worker.ended;
    if (code !== 0) throw new Error(`a worker that was asked to end did so with status ${code ?? 'none'}, not 0`);
  }
}
