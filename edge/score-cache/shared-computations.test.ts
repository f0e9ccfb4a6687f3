import { describe, expect, it } from 'vitest';
import { type Computation, SharedComputations } from '#edge/score-cache/shared-computations.ts';

interface Started {
  readonly signal: AbortSignal;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

function create() {
  const shared = new SharedComputations<string>();
  const started: Started[] = [];
  const background: Promise<unknown>[] = [];
  const run = (options: Partial<Computation<string>> = {}) => {
    const caller = new AbortController();
    const patience = new AbortController();
    const result = shared.run({
      key: 'k',
      signal: caller.signal,
      patience: () => patience.signal,
      runInBackground: (work) => void background.push(work),
      accepts: (ending) => ending.kind === 'result' || !String(ending.error).includes('deadline'),
      compute: (signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        started.push({ signal, resolve, reject });
        return promise;
      },
      ...options,
    });
    return { result, caller, patience };
  };
  return { run, started, background };
}

/** Lets every promise that can settle do so. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('SharedComputations', () => {
  it('does equal computations that overlap once', async () => {
    const { run, started } = create();
    const callers = [run(), run(), run()];
    started[0]?.resolve('scores');
    expect(await Promise.all(callers.map(({ result }) => result))).toEqual(['scores', 'scores', 'scores']);
    expect(started).toHaveLength(1);
  });

  it('does other ones, and later ones, by themselves', async () => {
    const { run, started } = create();
    const [first, other] = [run(), run({ key: 'other' })];
    for (const { resolve } of started) resolve('scores');
    await Promise.all([first.result, other.result]);
    const later = run();
    expect(started).toHaveLength(3);
    started[2]?.resolve('again');
    expect(await later.result).toBe('again');
  });

  it('goes on for the others when the caller leaves who started it', async () => {
    const { run, started, background } = create();
    const [first, second] = [run(), run()];
    first.caller.abort();
    await expect(first.result).rejects.toThrow('closed the request');
    expect(started[0]?.signal.aborted).toBe(false);
    expect(background).toHaveLength(1);
    started[0]?.resolve('scores');
    expect(await second.result).toBe('scores');
  });

  it('ends when the last caller has left, and nobody joins it then', async () => {
    const { run, started } = create();
    const [first, second] = [run(), run()];
    second.caller.abort();
    first.caller.abort();
    await expect(first.result).rejects.toThrow('closed the request');
    await expect(second.result).rejects.toThrow('closed the request');
    await settle();
    expect(started[0]?.signal.aborted).toBe(true);
    const third = run();
    expect(started).toHaveLength(2);
    started[1]?.resolve('scores');
    expect(await third.result).toBe('scores');
  });

  it('fails for all where the fault is everybody’s', async () => {
    const { run, started } = create();
    const callers = [run(), run()];
    started[0]?.reject(new Error('no worker'));
    for (const { result } of callers) await expect(result).rejects.toThrow('no worker');
    expect(started).toHaveLength(1);
  });

  it('begins anew, once for all who still wait, where only the starter’s deadline passed', async () => {
    const { run, started } = create();
    const [first, ...others] = [run(), run(), run()];
    started[0]?.reject(new Error('deadline'));
    await expect(first?.result).rejects.toThrow('deadline');
    await settle();
    expect(started).toHaveLength(2);
    started[1]?.resolve('scores');
    expect(await Promise.all(others.map(({ result }) => result))).toEqual(['scores', 'scores']);
  });

  it('lets a caller who waited long enough for another’s computation do its own', async () => {
    const { run, started } = create();
    const [first, second] = [run(), run()];
    second.patience.abort();
    await settle();
    expect(started).toHaveLength(2);
    started[1]?.resolve('own');
    expect(await second.result).toBe('own');
    first.patience.abort();
    started[0]?.resolve('late');
    expect(await first.result).toBe('late');
  });
});
