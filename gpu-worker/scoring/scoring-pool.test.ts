import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import type { ScoringEngine, ScoringEngineOptions, TokenTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { type WatchedThreads, watchThreads } from '#test/support/watch-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-pool-'));
const defaults: ScoringEngineOptions = {
  modelPath: join(goldenFolder, 'tiny-llama'),
  precision: 'fp32',
  threads: 1,
  cacheFolder: join(folder, 'cache'),
};
let threads: WatchedThreads;
/** With one thread, for the tests that leave it as it was; starting one takes longer than most of them. */
let shared: ScoringEngine;
const engines: ScoringEngine[] = [];

beforeAll(async () => {
  shared = await createScoringEngine(defaults);
});
beforeEach(() => {
  threads = watchThreads();
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  threads.stop();
});
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<ScoringEngineOptions> = {}): Promise<ScoringEngine> {
  const engine = await createScoringEngine({ ...defaults, ...options });
  engines.push(engine);
  return engine;
}

const taskOf = (n: number): TokenTask => ({
  promptIds: Array.from({ length: 3 + ((n * 11) % 40) }, (_, at) => (n * 31 + at * 17) % 96),
  targetIds: Array.from({ length: 1 + (n % 5) }, (_, at) => (n * 13 + at * 29) % 96),
});
/** Tasks are given to threads once their caller has asked for everything it wants. */
const dispatched = () => Promise.resolve();
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no rejection',
    (error: unknown) => error,
  );

describe.each(['fp32', 'int8'] as const)('scores in %s', (precision) => {
  it('are the same bit for bit with 1 and 2 threads, one by one and all at once, in any order', async () => {
    const tasks = Array.from({ length: 16 }, (_, n) => taskOf(n));
    const [one, two] = await Promise.all([start({ precision, threads: 1 }), start({ precision, threads: 2 })]);
    const expected = [];
    for (const task of tasks) expected.push(await one.scoreTokens(task));
    expect(await Promise.all(tasks.map((task) => two.scoreTokens(task)))).toEqual(expected);
    const backwards = await Promise.all(tasks.toReversed().map((task) => two.scoreTokens(task)));
    expect(backwards.toReversed()).toEqual(expected);
    expect(new Set(expected.map((score) => score.meanLogLikelihood)).size).toBe(tasks.length);
  });
});

describe('the queue', () => {
  it('holds what waits, not what runs, and refuses past its limit with a time to retry', async () => {
    const engine = await start({ queueLengthMax: 2 });
    const running = engine.scoreTokens(taskOf(0));
    await dispatched();
    const taken = [running, engine.scoreTokens(taskOf(1)), engine.scoreTokens(taskOf(2))];
    expect(engine.queueLength()).toBe(2);
    const error = await rejection(engine.scoreTokens(taskOf(3)));
    expect(error).toMatchObject({ code: 'overloaded', retryAfterSeconds: expect.any(Number) });
    expect(await Promise.all(taken)).toHaveLength(3);
    expect(engine.queueLength()).toBe(0);
    expect(await engine.scoreTokens(taskOf(3))).toMatchObject({ targetIds: taskOf(3).targetIds });
  });

  it('drops a task whose caller leaves, waiting or running, and later ones still run', async () => {
    const engine = shared;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const running = rejection(engine.scoreTokens(taskOf(0), options));
    const waiting = rejection(engine.scoreTokens(taskOf(1), options));
    const later = engine.scoreTokens(taskOf(2));
    controller.abort();
    expect(engine.queueLength()).toBe(1);
    expect(await running).toMatchObject({ code: 'request_cancelled' });
    expect(await waiting).toMatchObject({ code: 'request_cancelled' });
    expect((await later).targetIds).toEqual(taskOf(2).targetIds);
    expect(await rejection(engine.scoreTokens(taskOf(3), options))).toMatchObject({ code: 'request_cancelled' });
  });

  it('never starts a task whose deadline has passed, and later ones still run', async () => {
    const engine = shared;
    const past = { deadlineAtMs: Date.now() - 1 };
    expect(await rejection(engine.scoreTokens(taskOf(0), past))).toMatchObject({ code: 'deadline_exceeded' });
    const running = engine.scoreTokens(taskOf(1), { deadlineAtMs: Date.now() + 3_600_000 });
    const late = rejection(engine.scoreTokens(taskOf(2), past));
    const open = engine.scoreTokens(taskOf(3));
    expect(await late).toMatchObject({ code: 'deadline_exceeded' });
    expect(await Promise.all([running, open])).toHaveLength(2);
  });
});

describe('documents that come again', () => {
  it('meet the thread that has their prefix, and score the same', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'again')), threads: 2 });
    const documents = Array.from({ length: 10 }, (_, n) => `${n}: ${'wells are bored by hand. '.repeat(4)}`);
    const round = async (query: string) => {
      const timings: TaskTiming[] = [];
      const onTiming = (timing: TaskTiming) => void timings.push(timing);
      const scores = await Promise.all(
        documents.map((document) => engine.score({ document, queries: [query] }, { onTiming })),
      );
      const sum = (stage: keyof TaskTiming) => timings.reduce((total, timing) => total + timing[stage], 0);
      return { scores, hits: sum('prefixHits'), misses: sum('prefixMisses'), suffixMs: sum('suffixMs') };
    };
    const first = await round('who?');
    expect(first).toMatchObject({ hits: 0, misses: 10 });
    expect(await round('why')).toMatchObject({ hits: 10, misses: 0 });
    const again = await round('who?');
    expect(again).toMatchObject({ hits: 10, misses: 0, scores: first.scores });
    expect(again.suffixMs).toBeGreaterThan(0);
    expect(engine.memory()).toMatchObject({ prefixes: 10, sessions: 4 });
    expect(engine.memory().prefixBytes).toBeGreaterThan(10 * 150 * 2 * 4);
  });
});

describe('fairness', () => {
  it('answers one document of another request before a big one is far', async () => {
    const engine = await start({ threads: 2 });
    let done = 0;
    const big = Array.from({ length: 300 }, (_, n) =>
      engine.scoreTokens(taskOf(n % 40), { request: 'big' }).then(() => {
        done += 1;
      }),
    );
    await dispatched();
    const doneBefore = await engine.scoreTokens(taskOf(1), { request: 'small' }).then(() => done);
    // Two batches of sixteen were running, two more may have been started with it.
    expect(doneBefore).toBeLessThanOrEqual(64);
    await Promise.all(big);
    expect(done).toBe(300);
  });
});

describe('token ids', () => {
  it.each([
    ['past the vocabulary', { promptIds: [96], targetIds: [1] }, 'token id 96 is outside the vocabulary of 96'],
    ['below 0', { promptIds: [1], targetIds: [3, -1] }, 'token id -1 is outside the vocabulary of 96'],
    ['that are not whole', { promptIds: [1.5], targetIds: [1] }, 'token id 1.5 is outside the vocabulary of 96'],
    ['without a prompt', { promptIds: [], targetIds: [1] }, 'prompt_ids and target_ids need one token each at least'],
    ['without a target', { promptIds: [1], targetIds: [] }, 'prompt_ids and target_ids need one token each at least'],
  ])('%s are refused', async (_, task, message) => {
    const engine = shared;
    expect(await rejection(engine.scoreTokens(task))).toMatchObject({ code: 'invalid_request', message });
    expect(await engine.scoreTokens(taskOf(0))).toBeDefined();
  });
});

it('text is refused by a model without a tokenizer, and an adapter too', async () => {
  const engine = shared;
  expect(await rejection(engine.score({ document: 'a', queries: ['b'] }))).toMatchObject({ code: 'invalid_request' });
  const file = writeAdapterFile(smallRetrieveAdapter(48), { storage: 'fp32' });
  expect(await rejection(engine.loadAdapter(file))).toMatchObject({ code: 'invalid_adapter' });
});

describe('closing', () => {
  it('finishes what runs, rejects what waits and what comes later, and ends every thread', async () => {
    const engine = await start({ threads: 2 });
    const running = [engine.scoreTokens(taskOf(0)), engine.scoreTokens(taskOf(1))];
    await dispatched();
    const waiting = rejection(engine.scoreTokens(taskOf(2)));
    const closed = engine.close();
    expect(await waiting).toMatchObject({ code: 'not_ready' });
    expect(await rejection(engine.scoreTokens(taskOf(3)))).toMatchObject({ code: 'not_ready' });
    expect((await Promise.all(running)).map((score) => score.targetIds)).toEqual(
      [0, 1].map((n) => taskOf(n).targetIds),
    );
    await closed;
    expect(threads.running()).toEqual([]);
  });

  it('rejects an adapter that is on its way to the threads, rather than leave its caller waiting', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'closing')) });
    const loading = rejection(engine.loadAdapter(textAdapter()));
    await engine.close();
    expect(await loading).toMatchObject({ code: 'not_ready' });
  });

  it('ends the thread that was just starting in a dead one’s place', async () => {
    const engine = await start();
    const before = threads.started();
    await kill(threads.running()[0]);
    await engine.close();
    await threads.allEnded();
    expect(threads.started()).toBe(before + 1);
  });
});

/** Kills a thread from outside by a message that no code of ours sends. Terminating it could abort the process in native code. */
async function kill(thread: Worker | undefined): Promise<void> {
  if (thread === undefined) throw new Error('there is no thread to kill');
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  thread.postMessage(null);
  await ended;
}

function textAdapter(): Uint8Array {
  return writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize), { storage: 'fp32' });
}

describe('a thread that dies', () => {
  it('fails its own batch only; another takes its place and has the adapters', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'dying')) });
    const { digest } = await engine.loadAdapter(textAdapter());
    const task = { document: 'Wells are bored by hand.', queries: ['who bores wells'], adapterDigest: digest };
    const before = await engine.score(task);
    const killed = kill(threads.running()[0]);
    const victim = rejection(engine.score(task));
    await dispatched();
    const waiting = engine.score(task);
    await killed;
    expect(await victim).toMatchObject({
      code: 'not_ready',
      cause: expect.objectContaining({ message: expect.stringContaining('null') }),
    });
    expect(await waiting).toEqual(before);
    expect(before[0]?.selectedIds).toHaveLength(3);
    expect(threads.running()).toHaveLength(1);
  });

  it('and cannot be replaced leaves nobody waiting, nor the engine open', async () => {
    const modelPath = writeTinyTextModel(join(folder, 'gone'));
    const engine = await start({ modelPath });
    const task = { document: 'Wells are bored by hand.', queries: ['who bores wells'] };
    await engine.score(task);
    rmSync(modelPath, { recursive: true });
    const killed = kill(threads.running()[0]);
    const victim = rejection(engine.score(task));
    await dispatched();
    const waiting = rejection(engine.score({ ...task, document: 'Another.' }));
    await killed;
    expect(await victim).toMatchObject({ code: 'not_ready', retryAfterSeconds: 1 });
    const refused = { code: 'not_ready', message: 'No scoring thread can be started.', retryAfterSeconds: 5 };
    expect(await waiting).toMatchObject(refused);
    expect(await rejection(engine.score(task))).toMatchObject(refused);
    await engine.close();
    await threads.allEnded();
  });

  it('leaves the other threads at work', async () => {
    const engine = await start({ threads: 2 });
    const expected = await engine.scoreTokens(taskOf(1));
    await kill(threads.running()[0]);
    expect(await Promise.all([1, 1, 1].map((n) => engine.scoreTokens(taskOf(n))))).toEqual([
      expected,
      expected,
      expected,
    ]);
  });
});

describe('adapters', () => {
  it('change the score while they are loaded, and are known by digest', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'adapters')), threads: 2 });
    const file = textAdapter();
    const summary = await engine.loadAdapter(file);
    expect(summary).toMatchObject({ method: 'retrieve', template: 'clean-1', bytes: file.byteLength });
    expect(await engine.loadAdapter(file)).toEqual(summary);
    const task = { document: 'Wells are bored by hand.', queries: ['who bores wells', 'why'] };
    const plain = await engine.score(task);
    const adapted = await engine.score({ ...task, adapterDigest: summary.digest });
    expect(adapted.map((score) => score.targetIds)).toEqual(plain.map((score) => score.targetIds));
    expect(adapted[0]?.meanLogLikelihood).not.toBe(plain[0]?.meanLogLikelihood);
    await engine.unloadAdapter(summary.digest);
    const error = await rejection(engine.score({ ...task, adapterDigest: summary.digest }));
    expect(error).toMatchObject({ code: 'adapter_unavailable' });
  });

  it('that are loaded twice at once fail twice when the threads never get them', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'twice')) });
    const file = textAdapter();
    const both = [rejection(engine.loadAdapter(file)), rejection(engine.loadAdapter(file))];
    await engine.close();
    for (const failure of await Promise.all(both)) expect(failure).toMatchObject({ code: 'not_ready' });
  });

  it('for another width are refused before any thread sees them', async () => {
    const engine = await start({ modelPath: writeTinyTextModel(join(folder, 'width')) });
    const file = writeAdapterFile(smallRetrieveAdapter(40), { storage: 'fp32' });
    expect(await rejection(engine.loadAdapter(file))).toMatchObject({ code: 'invalid_adapter' });
  });
});

describe('starting', () => {
  it('tells of a model that is not there, and leaves no thread', async () => {
    expect(await rejection(start({ modelPath: join(folder, 'nowhere') }))).toMatchObject({ code: 'model_not_found' });
    await threads.allEnded();
  });

  it('describes itself', async () => {
    const stages: string[] = [];
    const engine = await start({
      precision: 'int8',
      cacheFolder: join(folder, 'fresh'),
      onProgress: (stage, fraction) => stages.push(`${stage} ${fraction}`),
    });
    expect(engine.info).toMatchObject({
      precision: 'int8',
      precisionReason: 'it was asked for',
      device: 'cpu',
      threads: 1,
      contextLength: 512,
      tokenizerFingerprint: null,
    });
    expect(engine.info.modelFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(stages).toContain('convert to int8 1');
    expect(stages.at(-1)).toBe('pack the weights 1');
    expect(engine.memory()).toMatchObject({ sessions: 2, weightsShared: true });
  });
});
