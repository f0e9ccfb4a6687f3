import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { WorkerNamespace } from '#test/bench/regions/worker-namespaces.ts';

export interface RegionalWorkerOptions {
  readonly namespace: WorkerNamespace;
  /** base64url. */
  readonly signingKey: string;
  readonly baseModel: string;
  readonly threads: number;
  /** Milliseconds that a document takes one of them. */
  readonly documentMs: number;
}

export interface RegionalWorker {
  /** How many times as long as usual its documents take. */
  setSlowness(factor: number): void;
  /** Documents scored since the start, for callers of its own region and of others. */
  scored(): Promise<{ readonly own: number; readonly guests: number }>;
  stop(): void;
}

/** Each has a network of its own, so all may have the same. */
export const regionalWorkerPort = 8790;

const scriptPath = fileURLToPath(new URL('./regional-worker.ts', import.meta.url));
const countsSchema = z.object({ own: z.number(), guests: z.number() });

/** Starts a worker process in its namespace. It ends with this process at the latest. */
export async function startRegionalWorker(options: RegionalWorkerOptions): Promise<RegionalWorker> {
  const command = ['netns', 'exec', options.namespace.name, process.execPath, scriptPath];
  const child = spawn('ip', command, {
    // The whole group gets a Ctrl-C in the terminal; the benchmark ends its workers when it has read their counts.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      WORKER_SIGNING_KEY: options.signingKey,
      BASE_MODEL: options.baseModel,
      THREADS: String(options.threads),
      DOCUMENT_MS: String(options.documentMs),
      PORT: String(regionalWorkerPort),
    },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A worker ended while it started (status ${code}); standard error says why.`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, 'message'), ended]);
  return {
    setSlowness: (slowness) => void child.send({ slowness }),
    async scored() {
      const answer = once(child, 'message');
      child.send({});
      return countsSchema.parse((await answer)[0]);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
