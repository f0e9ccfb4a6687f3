import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { PairScore, ScoreTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize as width, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-explained-'));
let engine: ScoringEngine;
beforeAll(async () => {
  const modelPath = writeTinyTextModel(join(folder, 'model'));
  engine = await createScoringEngine({ modelPath, precision: 'fp32', threads: 1, cacheFolder: join(folder, 'cache') });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The tokenizer has a token for each byte; the template puts a space in front of query and document. */
const query = 'tub';
const document = 'a butter dish';

/** The score with its explanation; it must be the one without, bit for bit. */
async function explain(task: Partial<ScoreTask> = {}): Promise<Required<Pick<PairScore, 'explanation'>> & PairScore> {
  const whole = { document, queries: [query], ...task };
  const [plain] = await engine.score(whole);
  const [explained] = await engine.score({ ...whole, explain: true });
  const { explanation, ...score } = explained ?? {};
  expect(score).toEqual(plain);
  if (explained === undefined || explanation === undefined) throw new Error('nothing was explained');
  return { ...explained, explanation };
}

async function load(changes: Partial<AdapterConfig>, attention: 'sharp' | null = null): Promise<string> {
  const adapter = { ...smallRetrieveAdapter(width, undefined, changes), attention: attention && sharpAttention() };
  return (await engine.loadAdapter(writeAdapterFile(adapter, { storage: 'fp32' }))).digest;
}

/** Query and key projections are 30·I: nearly all attention goes to equal tokens. */
function sharpAttention() {
  const scaled = (factor: number) =>
    Float32Array.from({ length: width ** 2 }, (_, cell) => (cell % (width + 1) === 0 ? factor : 0));
  return {
    inProjectionWeight: Float32Array.of(...scaled(30), ...scaled(30), ...scaled(1)),
    inProjectionBias: new Float32Array(3 * width),
    outProjectionWeight: scaled(1),
    outProjectionBias: new Float32Array(width),
  };
}

describe('an explained score', () => {
  it('names the tokens of the query, whose likelihoods have the score as their mean', async () => {
    const { explanation, targetLogLikelihoods, meanLogLikelihood } = await explain();
    expect(explanation).toEqual({
      tokens: [
        { text: ' ', start: 0, end: 0 },
        { text: 't', start: 0, end: 1 },
        { text: 'u', start: 1, end: 2 },
        { text: 'b', start: 2, end: 3 },
      ],
    });
    expect(targetLogLikelihoods.reduce((sum, value) => sum + value, 0) / 4).toBe(meanLogLikelihood);
  });

  it('has likelihoods without a document whose mean is the query’s own', async () => {
    const task = { query, template: 'clean-1' } as const;
    const tokens = await engine.queryTokenLogLikelihoods(task);
    expect(tokens).toHaveLength(4);
    expect(tokens.reduce((sum, value) => sum + value, 0) / 4).toBe(await engine.queryLogLikelihood(task));
  });

  it('marks the tokens that the template adds as no part of the query', async () => {
    const { explanation } = await explain({ template: 'authors-1' });
    expect(explanation.tokens.at(-1)).toEqual({ text: '<end>', start: null, end: null });
    expect(
      explanation.tokens
        .filter(({ start }) => start !== null)
        .map(({ text }) => text)
        .join(''),
    ).toContain(query);
  });
});

describe('the hints of an explained score', () => {
  it('are named with the query token that chose them and their place in the document', async () => {
    const { explanation, selectedIds } = await explain({ adapterDigest: await load({ k: 4 }) });
    const { hints, tokens } = explanation;
    expect(hints?.method).toBe('retrieve');
    // Shared tokens have cosine 1 and come in the query's order: the space, t, u, b.
    expect(hints?.tokens.map(({ text }) => text)).toEqual([' ', 't', 'u', 'b']);
    expect(selectedIds).toHaveLength(4);
    for (const { text, start, end, position, queryToken, similarity } of hints?.tokens ?? []) {
      expect(tokens[queryToken ?? -1]?.text).toBe(text);
      expect(similarity).toBeCloseTo(1, 6);
      // A token is a byte, and the one in front is the template's.
      expect([start, end]).toEqual([Math.max(0, position - 1), position]);
      if (position > 0) expect(document.slice(start ?? 0, end ?? 0)).toBe(text);
    }
  });

  it('are named by their places alone where they are drawn at random', async () => {
    const { explanation } = await explain({ adapterDigest: await load({ k: 5, hintChoice: 'random' }) });
    expect(explanation.hints?.tokens).toHaveLength(5);
    for (const { text, position, similarity } of explanation.hints?.tokens ?? []) {
      expect(` ${document}`[position]).toBe(text);
      expect(similarity).toBeUndefined();
    }
  });

  it('are named by their share of the attention, the ten largest, most first', async () => {
    const adapterDigest = await load({ method: 'attend', heads: 2 }, 'sharp');
    const { explanation } = await explain({ adapterDigest, document: 'xxxxxxxxxxxtxxxx' });
    const { method, tokens = [] } = explanation.hints ?? {};
    expect(method).toBe('attend');
    expect(tokens).toHaveLength(10);
    const weights = tokens.map(({ weight = Number.NaN }) => weight);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(
      tokens
        .slice(0, 2)
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual([' ', 't']);

    const { explanation: short } = await explain({ adapterDigest });
    const all = await explain({ adapterDigest, document: 'butter' });
    expect(short.hints?.tokens).toHaveLength(10);
    const sum = all.explanation.hints?.tokens.reduce((total, { weight = 0 }) => total + weight, 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('count their places from the start of a document of which only the end is read', async () => {
    const long = `${'z'.repeat(40)}tub`;
    const adapterDigest = await load({ k: 3, template: 'authors-1', filters: 'd' });
    const { explanation, documentTokens } = await explain({ adapterDigest, document: long, maxTokensPerDoc: 6 });
    expect(documentTokens).toBe(6);
    for (const { text, start, end } of explanation.hints?.tokens ?? []) {
      expect(start).toBeGreaterThanOrEqual(long.length - 6);
      expect(long.slice(start ?? 0, end ?? 0)).toBe(text);
    }
  });
});
