import { describe, expect, it } from 'vitest';
import type { LogEntry } from '#edge/log.ts';
import { createScoreCache, type ScoreCacheOptions, type SharedTier } from '#edge/score-cache/score-cache.ts';
import type { ScoreEntry } from '#edge/score-cache/score-entry.ts';

const entry = (...documents: string[]): ScoreEntry => ({
  queryTokens: 3,
  scores: new Map(documents.map((name) => [name, { mean_log_likelihood: -1, document_tokens: 5, truncated: false }])),
});

const at = (key: string) => ({ key, origin: 'https://api.example' });

function memoryTier() {
  const texts = new Map<string, string>();
  const reads: string[] = [];
  const tier: SharedTier = {
    get: async ({ key }) => {
      reads.push(key);
      return texts.get(key);
    },
    put: async ({ key }, text) => void texts.set(key, text),
  };
  return { tier, texts, reads };
}

function create(options: Partial<ScoreCacheOptions> = {}) {
  const clock = { nowMs: 1_000_000 };
  const logs: LogEntry[] = [];
  const cache = createScoreCache({
    memoryBytesMax: 100_000,
    ttlSeconds: 60,
    shared: undefined,
    now: () => clock.nowMs,
    log: (line) => void logs.push(line),
    ...options,
  });
  return { cache, clock, logs };
}

const documentsOf = (found: ScoreEntry | undefined) => [...(found?.scores.keys() ?? [])];

describe('createScoreCache', () => {
  it('finds what was added, under its key alone', async () => {
    const { cache } = create();
    await cache.add(at('k'), entry('a'));
    await cache.add(at('k'), entry('b'));
    expect(documentsOf(await cache.find(at('k'), ['a']))).toEqual(['a', 'b']);
    expect(await cache.find(at('other'), ['a'])).toBeUndefined();
  });

  it('forgets after its time, counted from the last addition', async () => {
    const { cache, clock } = create({ ttlSeconds: 60 });
    await cache.add(at('k'), entry('a'));
    clock.nowMs += 59_000;
    await cache.add(at('k'), entry('b'));
    clock.nowMs += 59_000;
    expect(documentsOf(await cache.find(at('k'), ['a']))).toEqual(['a', 'b']);
    clock.nowMs += 2_000;
    expect(await cache.find(at('k'), ['a'])).toBeUndefined();
  });

  it('never holds more bytes than allowed: the least used queries go', async () => {
    const { cache } = create({ memoryBytesMax: 3 * (1_000 + 320) });
    for (const key of ['one', 'two', 'three']) await cache.add(at(key), entry('a'));
    await cache.find(at('one'), ['a']);
    await cache.add(at('four'), entry('a'));
    expect(documentsOf(await cache.find(at('one'), ['a']))).toEqual(['a']);
    expect(await cache.find(at('two'), ['a'])).toBeUndefined();
  });

  it('does not let one query push out all others', async () => {
    const { cache } = create({ memoryBytesMax: 10_000 });
    await cache.add(at('small'), entry('a'));
    await cache.add(at('large'), entry(...Array.from({ length: 20 }, (_, index) => `d${index}`)));
    expect(await cache.find(at('large'), ['d0'])).toBeUndefined();
    expect(documentsOf(await cache.find(at('small'), ['a']))).toEqual(['a']);
  });

  it('shares with other isolates through the second tier, which is asked only for what is not in memory', async () => {
    const { tier, reads } = memoryTier();
    const [one, other] = [create({ shared: tier }), create({ shared: tier })];
    await one.cache.add(at('k'), entry('a'));
    expect(documentsOf(await other.cache.find(at('k'), ['a']))).toEqual(['a']);
    expect(documentsOf(await other.cache.find(at('k'), ['a']))).toEqual(['a']);
    expect(reads).toEqual(['k']);
    await other.cache.add(at('k'), entry('b'));
    expect(documentsOf(await one.cache.find(at('k'), ['a', 'b']))).toEqual(['b', 'a']);
    expect(reads).toEqual(['k', 'k']);
  });

  it('goes on with memory alone when the second tier fails, and says so', async () => {
    const fail = () => Promise.reject(new Error('cache is down'));
    const { cache, logs } = create({ shared: { get: fail, put: fail } });
    await cache.add(at('k'), entry('a'));
    expect(documentsOf(await cache.find(at('k'), ['a', 'b']))).toEqual(['a']);
    expect(logs.map(({ event }) => event)).toEqual(['score_cache_failed', 'score_cache_failed']);
  });

  it('takes a damaged text of the second tier for nothing', async () => {
    const { tier, texts } = memoryTier();
    texts.set('k', '{"queryTokens":');
    expect(await create({ shared: tier }).cache.find(at('k'), ['a'])).toBeUndefined();
  });

  it.each([{ memoryBytesMax: 0 }, { ttlSeconds: 0 }])('keeps nothing with %j', async (options) => {
    const { tier, texts } = memoryTier();
    const { cache } = create({ shared: tier, ...options });
    await cache.add(at('k'), entry('a'));
    expect([cache.enabled, await cache.find(at('k'), ['a']), texts.size]).toEqual([false, undefined, 0]);
  });
});
