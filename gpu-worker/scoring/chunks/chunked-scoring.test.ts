import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import type { PairScore, ScoreTask, ScoringEngine, ScoringEngineOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-chunks-'));
const modelPath = writeTinyTextModel(join(folder, 'model'));
const batches: number[] = [];
let engine: ScoringEngine;
const others: ScoringEngine[] = [];

async function start(options: Partial<ScoringEngineOptions> = {}): Promise<ScoringEngine> {
  return createScoringEngine({
    modelPath,
    precision: 'fp32',
    threads: 2,
    cacheFolder: join(folder, 'cache'),
    ...options,
  });
}
beforeAll(async () => {
  engine = await start({ observer: { batchDone: (thread) => void batches.push(thread) } });
});
afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.close()));
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const chunks = { tokens: 64, overlap: 16, countMax: 100 };
/** One token a byte: 25 sentences, 700 tokens, of which no two are alike. */
const sentences = Array.from({ length: 25 }, (_, n) => `Well ${n} is ${(n * 7919) % 997} feet deep.`);
const long = sentences.join(' ');
const query = 'how deep?';
const limit = { maxTokensPerDoc: 4_096, chunks };

async function one(task: Partial<ScoreTask>, on = engine): Promise<PairScore> {
  const [score] = await on.score({ document: long, queries: [query], ...limit, ...task });
  if (score === undefined) throw new Error('no score');
  return score;
}

/** The score of a chunk's text as a document of its own. */
async function alone({ chunk }: PairScore, task: Partial<ScoreTask> = {}): Promise<PairScore> {
  const text = long.slice(chunk?.characters?.start, chunk?.characters?.end);
  return one({ document: text.replace(/^ /, ''), ...task });
}

const scoreOf = ({ meanLogLikelihood, targetIds, targetLogLikelihoods, lexicalMatch, selectedIds }: PairScore) => ({
  ...{ meanLogLikelihood, targetIds, targetLogLikelihoods, lexicalMatch, selectedIds },
});

describe('a document that fits into one chunk', () => {
  it('scores bit for bit as without chunks, and says nothing of them', async () => {
    const document = long.slice(0, 63);
    const { chunk, ...score } = await one({ document });
    expect(chunk).toBeUndefined();
    expect(score).toEqual((await engine.score({ document, queries: [query] }))[0]);
  });

  it('is cut as ever where only one chunk is wanted', async () => {
    const cut = await one({ chunks: { ...chunks, countMax: 1 } });
    expect(cut).toEqual((await engine.score({ document: long, queries: [query], maxTokensPerDoc: 64 }))[0]);
    expect(cut.truncated).toBe(true);
  });
});

describe('a longer document', () => {
  it('has the score of its best chunk, bit for bit as that text alone', async () => {
    const best = await one({});
    expect(scoreOf(best)).toEqual(scoreOf(await alone(best)));
    expect(best).toMatchObject({ truncated: false, chunk: { count: expect.any(Number) } });
    expect(best.chunk?.count).toBeGreaterThan(10);
    expect(best.documentTokens).toBeGreaterThanOrEqual(long.length + 16 * 10);
  });

  it('is scored by both threads', async () => {
    batches.length = 0;
    await one({ document: `Anew. ${long} ${long}` });
    expect(new Set(batches).size).toBe(2);
  });

  it('scores the same for a query alone and among others, on one thread and on two', async () => {
    const queries = [query, 'which well is it?', 'feet'];
    const single = await start({ threads: 1 });
    others.push(single);
    const expected = [];
    for (const text of queries) expected.push(await one({ queries: [text] }, single));
    expect(await engine.score({ document: long, queries, ...limit })).toEqual(expected);
    expect(new Set(expected.map(({ chunk }) => chunk?.index)).size).toBeGreaterThan(1);
  });

  it('says how much was left out past the tokens, or the chunks, that are wanted', async () => {
    const byTokens = await one({ maxTokensPerDoc: 200 });
    expect(byTokens).toMatchObject({ truncated: true });
    expect(byTokens.chunk?.tokens.end).toBeLessThanOrEqual(200);
    const byCount = await one({ chunks: { ...chunks, countMax: 3 } });
    expect(byCount).toMatchObject({ truncated: true, chunk: { count: 3 } });
  });

  it('computes the prefixes of its chunks once, for whichever document or query', async () => {
    const fresh = await start({ threads: 1 });
    others.push(fresh);
    const counted = async (task: Partial<ScoreTask>) => {
      const timings: TaskTiming[] = [];
      const onTiming = (timing: TaskTiming) => void timings.push(timing);
      const [score] = await fresh.score({ document: long, queries: [query], ...limit, ...task }, { onTiming });
      const sum = (key: 'prefixHits' | 'prefixMisses') => timings.reduce((total, timing) => total + timing[key], 0);
      return { count: score?.chunk?.count ?? 1, hits: sum('prefixHits'), misses: sum('prefixMisses') };
    };
    const { count, misses } = await counted({});
    expect(misses).toBe(count);
    expect(await counted({ queries: ['another'] })).toEqual({ count, hits: count, misses: 0 });
    const best = await one({}, fresh);
    const text = long.slice(best.chunk?.characters?.start, best.chunk?.characters?.end).replace(/^ /, '');
    expect(await counted({ document: text })).toEqual({ count: 1, hits: 1, misses: 0 });
  });

  it('has shorter chunks where a long query leaves little room, so that each is read whole', async () => {
    const wide = { maxTokensPerDoc: 4_096, chunks: { tokens: 200, overlap: 20, countMax: 100 } };
    const longQuery = 'how deep is the well? '.repeat(2);
    const [short, tight] = await engine.score({ document: long, queries: [query, longQuery], ...wide });
    expect(short).toEqual((await engine.score({ document: long, queries: [query], ...wide }))[0]);
    expect(tight?.chunk?.count).toBeGreaterThan(short?.chunk?.count ?? 0);
    expect([short?.truncated, tight?.truncated]).toEqual([false, false]);
  });
});

it('takes hints from the chunk', async () => {
  const { digest: adapterDigest } = await engine.loadAdapter(
    writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize), { storage: 'fp32' }),
  );
  const best = await one({ adapterDigest });
  expect(best.selectedIds?.length).toBeGreaterThan(0);
  expect(scoreOf(best)).toEqual(scoreOf(await alone(best, { adapterDigest })));
  expect(best.meanLogLikelihood).not.toBe((await one({})).meanLogLikelihood);
  const { explanation, ...explained } = await one({ adapterDigest, explain: true });
  expect(explained).toEqual(best);
  expect(explanation?.tokens.map(({ text }) => text).join('')).toBe(` ${query}`);
  const { start = 0, end = 0 } = best.chunk?.tokens ?? {};
  for (const { text, position, start: from, end: to } of explanation?.hints?.tokens ?? []) {
    expect(position).toBeGreaterThanOrEqual(start);
    expect(position).toBeLessThan(end);
    expect(long.slice(from ?? 0, to ?? 0)).toBe(text);
  }
  expect(explanation?.hints?.tokens).toHaveLength(3);
});

describe('while the chunks wait', () => {
  it('ends with its caller, and leaves nothing in the queue', async () => {
    const controller = new AbortController();
    const running = one({}).then(() => 'scored');
    const onTiming = () => controller.abort();
    const left = engine.score(
      { document: `${long}!`, queries: [query], ...limit },
      { signal: controller.signal, onTiming },
    );
    await expect(left).rejects.toMatchObject({ code: 'request_cancelled' });
    expect(await running).toBe('scored');
    expect(engine.queueLength()).toBe(0);
  });

  it('is not refused halfway by a queue that it fills, nor by a deadline that has not passed', async () => {
    const narrow = await start({ threads: 1, queueLengthMax: 2 });
    others.push(narrow);
    expect(await one({}, narrow)).toEqual(await one({}));
    const past = narrow.score({ document: long, queries: [query], ...limit }, { deadlineAtMs: Date.now() - 1 });
    await expect(past).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});
