import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface WorkerProcess {
  readonly url: string;
  /** Documents scored since the start. */
  scored(): Promise<number>;
  /** Documents refused since the start, for want of room in the queue. */
  refused(): Promise<number>;
  /** SIGKILL: dead; SIGSTOP: it hangs, and its connections stay open; SIGCONT: it goes on. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

export interface WorkerProcessOptions {
  /** base64url. */
  readonly signingKey: string;
  readonly baseModel: string;
  /** Milliseconds that each document takes. */
  readonly documentMs: number;
  /** Documents that may wait; absent: any number. */
  readonly queueLengthMax?: number;
}

const scriptPath = fileURLToPath(new URL('./controlled-worker-process.ts', import.meta.url));

/** Starts a process with a worker's real HTTP service and an engine without a model. It ends with this process at the latest. */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const child = fork(scriptPath, {
    env: {
      PATH: process.env['PATH'],
      WORKER_SIGNING_KEY: options.signingKey,
      BASE_MODEL: options.baseModel,
      DOCUMENT_MS: String(options.documentMs),
      ...(options.queueLengthMax === undefined ? {} : { QUEUE_LENGTH_MAX: String(options.queueLengthMax) }),
    },
    execArgv: [],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The worker process ended while it started (status ${code}); standard error says why.`);
  });
  // Once it has started, its end is the tests' own doing.
  ended.catch(() => undefined);
  const [started] = await Promise.race([once(child, 'message'), ended]);
  const { url } = z.object({ url: z.string() }).parse(started);
  const count = async () => {
    const answer = once(child, 'message');
    child.send({});
    return z.object({ scored: z.number(), refused: z.number() }).parse((await answer)[0]);
  };
  return {
    url,
    scored: async () => (await count()).scored,
    refused: async () => (await count()).refused,
    signal: (name) => void child.kill(name),
  };
}
