import type { MessagePort } from 'node:worker_threads';
import { toPortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { closeMessage, type WorkerThreadReply } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';

/** What a thread does with its requests. */
export interface ThreadService<Request, Value> {
  readonly perform: (request: Request) => Promise<Value>;
  /** Releases sessions and files; afterwards nothing keeps the thread. */
  readonly release: () => Promise<void>;
}

/**
 * The thread's end of a WorkerThreadHandle: opens the service, says ready or failed, answers one request at a time in their order. Told to
 * close, it finishes what it runs, drops what waits, and ends by itself: a thread that is terminated in native code takes the process with it.
 */
export async function serveRequests<Request extends { readonly id: number }, Value>(
  port: MessagePort,
  open: () => Promise<ThreadService<Request, Value>>,
): Promise<void> {
  const send = (reply: WorkerThreadReply<Value>) => port.postMessage(reply);
  let service: ThreadService<Request, Value>;
  try {
    service = await open();
  } catch (error) {
    send({ kind: 'failed', error: toPortableError(error) });
    return;
  }
  let closing = false;
  let last: Promise<void> = Promise.resolve();
  const answer = async (request: Request): Promise<void> => {
    if (closing) return;
    try {
      send({ kind: 'done', id: request.id, value: await service.perform(request) });
    } catch (error) {
      send({ kind: 'error', id: request.id, error: toPortableError(error) });
    }
  };
  port.on('message', (message: Request | typeof closeMessage) => {
    if (message === closeMessage) {
      closing = true;
      last = last.then(() => service.release()).finally(() => port.close());
    } else {
      last = last.then(() => answer(message));
    }
  });
  send({ kind: 'ready' });
}
