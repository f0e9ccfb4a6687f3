import { describe, expect, it } from 'vitest';
import { ThreadAdapters } from '#gpu-worker/scoring/threads/thread-adapters.ts';
import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import type { ThreadWork } from '#gpu-worker/scoring/threads/thread-messages.ts';

type Threads = ReturnType<Parameters<ThreadAdapters['load']>[2]>;
type Thread = Threads[number];

/** A thread that is told what happens to it: real ones die of an adapter only by chance. */
function threadThat(answer: (work: ThreadWork) => Promise<null>) {
  const seen: string[] = [];
  const thread = {
    send(work: ThreadWork) {
      seen.push(work.kind);
      return answer(work);
    },
  };
  return { seen, thread: thread as unknown as Thread };
}

const survivor = () => threadThat(() => Promise.resolve(null));
const victim = () => threadThat(() => Promise.reject(new ThreadLostError(new Error('ended with code 139'))));
const digest = 'd'.repeat(64);
const file = new Uint8Array(3);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'loaded',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('an adapter', () => {
  it('is on every thread once it is loaded, and on those that start later', async () => {
    const adapters = new ThreadAdapters();
    const [one, two, late] = [survivor(), survivor(), survivor()];
    await adapters.load(digest, file, () => [one.thread, two.thread]);
    await adapters.loadAll(late.thread);
    expect([one, two, late].map(({ seen }) => seen)).toEqual([['load-adapter'], ['load-adapter'], ['load-adapter']]);
    expect(adapters.has(digest)).toBe(true);
    await adapters.unload(digest, [one.thread, two.thread, late.thread]);
    expect(adapters.has(digest)).toBe(false);
    expect(late.seen).toEqual(['load-adapter', 'unload-adapter']);
  });

  it('that ends its thread ends no second one at that load, and after the second load is given to none', async () => {
    const adapters = new ThreadAdapters();
    const others = Array.from({ length: 3 }, survivor);
    const threads = () => [victim().thread, ...others.map(({ thread }) => thread)];
    expect(await codeOf(adapters.load(digest, file, threads))).toBe('adapter_unavailable');
    expect(await codeOf(adapters.load(digest, file, threads))).toBe('adapter_unavailable');
    const third = victim();
    expect(await codeOf(adapters.load(digest, file, () => [third.thread]))).toBe('invalid_adapter');
    expect([third, ...others].flatMap(({ seen }) => seen)).toEqual([]);
    expect(await codeOf(adapters.load('e'.repeat(64), file, () => [survivor().thread]))).toBe('loaded');
  });

  it('that ends every thread which starts anew is dropped, so that one starts', async () => {
    const adapters = new ThreadAdapters();
    await adapters.load(digest, file, () => [survivor().thread]);
    expect(await codeOf(adapters.loadAll(victim().thread))).toBe('adapter_unavailable');
    expect(await codeOf(adapters.loadAll(victim().thread))).toBe('adapter_unavailable');
    const last = survivor();
    expect(await codeOf(adapters.loadAll(last.thread))).toBe('loaded');
    expect(last.seen).toEqual([]);
    expect(() => adapters.refuseDeadly(digest)).toThrow('ended 2 threads that loaded it');
  });

  it('that a thread refuses is nowhere afterwards', async () => {
    const adapters = new ThreadAdapters();
    const one = survivor();
    const refusing = threadThat(() => Promise.reject(new Error('no memory')));
    await expect(adapters.load(digest, file, () => [one.thread, refusing.thread])).rejects.toThrow('no memory');
    expect(adapters.has(digest)).toBe(false);
    expect(one.seen).toEqual(['load-adapter', 'unload-adapter']);
  });
});
