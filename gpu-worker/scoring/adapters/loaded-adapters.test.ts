import { describe, expect, it } from 'vitest';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const never = new AbortController().signal;
const reference = (digest: string) => ({ digest, name: `adapter ${digest}` });

/** A loaded set over a store whose files are their own digests, 10 bytes each, with room for two. */
function createHarness(fetch?: AdapterStore['fetch'], pinned?: ReadonlySet<string>) {
  const events: string[] = [];
  const clock = { nowMs: 1_000 };
  /** Digests that end the thread which takes them. */
  const lethal = new Set<string>();
  const adapters = new LoadedAdapters({
    engine: {
      loadAdapter: async (file) => {
        const digest = new TextDecoder().decode(file);
        events.push(`load ${digest}`);
        if (lethal.has(digest)) throw new Error('a worker thread ended with code 1');
        return { digest, method: 'attend', template: 'clean-1', bytes: file.length, calibration: null };
      },
      unloadAdapter: async (digest) => void events.push(`unload ${digest}`),
    },
    store: {
      fetch: async (adapter, reserve) => {
        events.push(`fetch ${adapter.digest}`);
        if (fetch !== undefined) return fetch(adapter, reserve);
        reserve(10);
        return new TextEncoder().encode(adapter.digest);
      },
    },
    bytesMax: 20,
    ...(pinned === undefined ? {} : { pinned }),
    now: () => clock.nowMs,
  });
  const use = (digest: string) => adapters.use(reference(digest), never, async (summary) => summary.digest);
  return { adapters, events, clock, lethal, use };
}

describe('LoadedAdapters', () => {
  it('downloads a digest once, however many requests wait for it', async () => {
    const { events, use } = createHarness();
    expect(await Promise.all([use('a'), use('a'), use('a')])).toEqual(['a', 'a', 'a']);
    expect(await use('a')).toBe('a');
    expect(events).toEqual(['fetch a', 'load a']);
  });

  it('unloads the least recently used adapter when the bytes run out', async () => {
    const { adapters, events, use } = createHarness();
    for (const digest of ['a', 'b', 'a', 'c']) await use(digest);
    expect(events.filter((event) => event.startsWith('unload'))).toEqual(['unload b']);
    expect(adapters.digests()).toEqual(['c', 'a']);
  });

  it('never unloads an adapter in use, and refuses with overloaded when all are', async () => {
    const { adapters, events, use } = createHarness();
    const done = Promise.withResolvers<void>();
    const running = ['a', 'b'].map((digest) => adapters.use(reference(digest), never, () => done.promise));
    await expect(use('c')).rejects.toMatchObject({
      code: 'overloaded',
      message: 'Adapter "adapter c" needs 10 bytes; 20 of 20 are taken by adapters that are in use or pinned.',
    });
    done.resolve();
    await Promise.all(running);
    expect(await use('c')).toBe('c');
    expect(events.filter((event) => event.startsWith('unload'))).toEqual(['unload a']);
  });

  it('gives the bytes of a failed load back', async () => {
    const { use } = createHarness((adapter, reserve) => {
      reserve(20);
      if (adapter.digest === 'bad') throw new ServiceError('invalid_adapter', 'tensor x');
      return Promise.resolve(new TextEncoder().encode(adapter.digest));
    });
    await expect(use('bad')).rejects.toMatchObject({ code: 'invalid_adapter' });
    expect(await use('good')).toBe('good');
  });

  it.each([
    ['adapter_not_found', 30_000],
    ['invalid_adapter', 30_000],
    ['adapter_unavailable', 5_000],
  ] as const)('remembers %s for %i ms, then asks again', async (code, memoryMs) => {
    const { clock, events, use } = createHarness(() => Promise.reject(new ServiceError(code)));
    await expect(use('a')).rejects.toMatchObject({ code });
    clock.nowMs += memoryMs - 1;
    await expect(use('a')).rejects.toMatchObject({ code });
    expect(events).toEqual(['fetch a']);
    clock.nowMs += 2;
    await expect(use('a')).rejects.toMatchObject({ code });
    expect(events).toEqual(['fetch a', 'fetch a']);
  });

  it('never unloads a pinned adapter, however long nobody used it', async () => {
    const { adapters, events, use } = createHarness(undefined, new Set(['a']));
    for (const digest of ['a', 'b', 'c', 'd']) await use(digest);
    expect(events.filter((event) => event.startsWith('unload'))).toEqual(['unload b', 'unload c']);
    expect(adapters.digests()).toEqual(['d', 'a']);
  });

  it('leaves an adapter that ends threads alone for longer each time, up to an hour, and forgives it when it loads', async () => {
    const { clock, events, lethal, use } = createHarness();
    lethal.add('a');
    const waits = [5, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600];
    for (const [index, seconds] of waits.entries()) {
      const code = index === 0 ? 'adapter_unavailable' : 'invalid_adapter';
      for (const passedMs of [0, seconds * 1_000 - 1]) {
        clock.nowMs += passedMs;
        await expect(use('a')).rejects.toMatchObject({ code, retryAfterSeconds: seconds });
      }
      clock.nowMs += 2;
    }
    expect(events.filter((event) => event === 'load a')).toHaveLength(waits.length);
    lethal.delete('a');
    expect(await use('a')).toBe('a');
    lethal.add('a');
    for (const digest of ['b', 'c']) await use(digest);
    await expect(use('a')).rejects.toMatchObject({ code: 'adapter_unavailable', retryAfterSeconds: 5 });
  });

  it('loads an adapter again that the engine has given up', async () => {
    const { adapters, events, use } = createHarness();
    await use('a');
    const gone = new ServiceError('adapter_unavailable', 'Adapter a is not loaded.');
    await expect(adapters.use(reference('a'), never, () => Promise.reject(gone))).rejects.toBe(gone);
    expect(await use('a')).toBe('a');
    expect(events).toEqual(['fetch a', 'load a', 'fetch a', 'load a']);
  });

  it('counts the bytes of a load once, though its source is asked twice', async () => {
    const { use } = createHarness((adapter, reserve) => {
      reserve(15);
      reserve(20);
      return Promise.resolve(new TextEncoder().encode(adapter.digest));
    });
    for (const digest of ['a', 'b']) expect(await use(digest)).toBe(digest);
  });

  it('lets one caller leave while the download goes on for the others', async () => {
    const download = Promise.withResolvers<void>();
    const { adapters, events, use } = createHarness(async (adapter, reserve) => {
      reserve(10);
      await download.promise;
      return new TextEncoder().encode(adapter.digest);
    });
    const leaving = new AbortController();
    const left = adapters.use(reference('a'), leaving.signal, () => Promise.resolve('scored'));
    const stays = use('a');
    leaving.abort(new ServiceError('deadline_exceeded'));
    await expect(left).rejects.toMatchObject({ code: 'deadline_exceeded' });
    download.resolve();
    expect(await stays).toBe('a');
    expect(events).toEqual(['fetch a', 'load a']);
  });

  it('loads an adapter again only after its unloading is over', async () => {
    const { events, use } = createHarness();
    for (const digest of ['a', 'b', 'c', 'a']) await use(digest);
    expect(events).toEqual([
      'fetch a',
      'load a',
      'fetch b',
      'load b',
      'fetch c',
      'unload a',
      'load c',
      'fetch a',
      'unload b',
      'load a',
    ]);
  });
});
