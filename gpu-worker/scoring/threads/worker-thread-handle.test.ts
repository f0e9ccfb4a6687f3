import { afterEach, describe, expect, it } from 'vitest';
import { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

interface Work {
  readonly say: 'double' | 'refuse' | 'exit' | 'throw' | 'nothing';
  readonly value?: number;
}

/** A real thread, small enough to be written in its address: no model is needed to see what becomes of requests. */
const entryOf = (start: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from 'node:worker_threads';
      const send = (reply) => parentPort.postMessage(reply);
      parentPort.on('message', (message) => {
        if (message === 'close') return parentPort.close();
        const { id, say, value } = message;
        if (say === 'double') send({ kind: 'done', id, value: 2 * value });
        if (say === 'refuse')
          send({ kind: 'error', id, error: { code: 'invalid_request', message: 'no', param: 'query', stack: undefined } });
        if (say === 'exit') process.exit(3);
        if (say === 'throw') throw new Error('out of hand');
      });
      ${start}`)}`,
  );
const ready = entryOf(`send({ kind: 'ready' });`);

let opened: WorkerThreadHandle<Work, number> | null = null;
let deaths: string[] = [];
afterEach(async () => {
  await opened?.close();
  opened = null;
  deaths = [];
});

async function start(entry = ready, workerData: unknown = null): Promise<WorkerThreadHandle<Work, number>> {
  opened = await WorkerThreadHandle.start<Work, number>(entry, workerData, (error) => deaths.push(error.message));
  return opened;
}

describe('a worker thread', () => {
  it('answers each request with its own answer', async () => {
    const thread = await start();
    const values = await Promise.all([1, 2, 3].map((value) => thread.send({ say: 'double', value })));
    expect(values).toEqual([2, 4, 6]);
  });

  it('hands a refusal over with its code and field, and goes on', async () => {
    const thread = await start();
    const refused = await thread.send({ say: 'refuse' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceError);
    expect(refused).toMatchObject({ code: 'invalid_request', message: 'no', param: 'query' });
    await expect(thread.send({ say: 'double', value: 4 })).resolves.toBe(8);
    expect(deaths).toEqual([]);
  });

  it.each([
    ['exit', 'a worker thread ended with code 3'],
    ['throw', 'out of hand'],
  ] as const)(
    'that dies (%s) rejects everything it was doing, tells once, and refuses what comes later',
    async (say, message) => {
      const thread = await start();
      const waiting = [thread.send({ say: 'nothing' }), thread.send({ say })];
      const reasons = (await Promise.allSettled(waiting)).map((one) => one.status === 'rejected' && one.reason.message);
      expect(reasons).toEqual([message, message]);
      expect(deaths).toEqual([message]);
      await expect(thread.send({ say: 'double', value: 1 })).rejects.toThrow('the worker thread has ended');
    },
  );

  it('that is closed rejects what it was doing, and counts as no death', async () => {
    const thread = await start();
    const waiting = thread.send({ say: 'nothing' });
    const rejected = expect(waiting).rejects.toMatchObject({ code: 'not_ready' });
    await thread.close();
    await rejected;
    expect(deaths).toEqual([]);
    await expect(thread.send({ say: 'nothing' })).rejects.toThrow('the worker thread has ended');
  });
});

describe('the start of a worker thread', () => {
  it('hands over its options', async () => {
    const thread = await start(entryOf(`if (workerData.size === 5) send({ kind: 'ready' });`), { size: 5 });
    await expect(thread.send({ say: 'double', value: 1 })).resolves.toBe(2);
  });

  it.each([
    [
      'says that it failed',
      `send({ kind: 'failed', error: { code: 'invalid_weights', message: 'bad file' } });`,
      'bad file',
    ],
    ['throws', `throw new Error('no memory');`, 'no memory'],
    ['ends', `process.exit(0);`, 'a worker thread ended with code 0'],
  ])('fails when the thread %s', async (_, code, message) => {
    await expect(start(entryOf(code))).rejects.toThrow(message);
    expect(deaths).toEqual([]);
  });
});
