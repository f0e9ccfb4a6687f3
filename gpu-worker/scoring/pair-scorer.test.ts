import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoringAdapter, TokenizedTask } from '#gpu-worker/scoring/pair-scorer.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { createTestScorer, type TestScorer } from '#test/support/create-test-scorer.ts';
import { tokenTemplate } from '#test/support/token-template.ts';

/** 8 tokens beside document and query; the context of 24 then has room for 17 of the two, as the last target is only predicted. */
const template = tokenTemplate;
const contextLength = 24;
const document = Array.from({ length: 40 }, (_, n) => 20 + ((n * 7) % 60));
const query = [30, 31, 32];

let tiny: GoldenModel;
let scorer: TestScorer;
beforeAll(async () => {
  tiny = await prepareGoldenModel(join(goldenFolder, 'tiny-llama'), 'fp32');
  scorer = createTestScorer(tiny, contextLength);
});
afterAll(() => tiny.close());

const taskOf = (changes: Partial<TokenizedTask>): TokenizedTask => ({
  template,
  documentIds: document.slice(0, 6),
  maxDocumentTokens: 512,
  queries: [query],
  adapter: null,
  ...changes,
});

async function scoreOne(changes: Partial<TokenizedTask>) {
  const [score] = await scorer.score(taskOf(changes));
  if (score === undefined) throw new Error('no score for the query');
  return score;
}

describe('a pair', () => {
  it('scores as the tokens of its sequence do', async () => {
    const pair = await scoreOne({});
    const prompt = [1, 5, 6, 7, ...document.slice(0, 6), 8, 11, 12];
    const tokens = await scorer.scoreTokens(prompt, [...query, 2]);
    expect(pair.targetIds).toEqual([...query, 2]);
    expect(pair).toMatchObject({ documentTokens: 6, truncated: false });
    for (const [index, value] of tokens.targetLogLikelihoods.entries()) {
      expect(pair.targetLogLikelihoods[index]).toBeCloseTo(value, 4);
    }
    const sum = pair.targetLogLikelihoods.reduce((total, value) => total + value, 0);
    expect(pair.meanLogLikelihood).toBe(sum / 4);
  });

  it('has the same score bit for bit beside other queries, longer ones that cut the document among them', async () => {
    const alone = await scoreOne({ documentIds: document });
    const longer = Array.from({ length: 9 }, () => 40);
    const [first, cut, last] = await scorer.score(taskOf({ documentIds: document, queries: [query, longer, query] }));
    expect(first).toEqual(alone);
    expect(last).toEqual(alone);
    expect(cut?.documentTokens).toBe(alone.documentTokens - 6);
  });
});

describe('pairs of one batch', () => {
  const tasks = Array.from({ length: 7 }, (_, n) =>
    taskOf({ documentIds: document.slice(0, 4 + n), queries: [query, query.slice(0, 1 + (n % 3))] }),
  );

  it('share runs, four to a run, and score bit for bit as each alone', async () => {
    const alone = [];
    for (const task of tasks) alone.push(await scorer.score(task));
    const { scores, runs } = await scorer.scoreTogether(tasks);
    expect(scores).toEqual(alone);
    expect(runs.map(({ sequences }) => sequences)).toEqual([4, 4, 4, 2]);
  });

  it('score the same with everything kept, with nothing kept, and with room for one prefix only', async () => {
    const scorers = [0, 25_000, 50_000_000].map((bytes) => createTestScorer(tiny, contextLength, bytes));
    const rounds = [];
    for (const one of scorers) {
      for (let round = 0; round < 2; round += 1) rounds.push((await one.scoreTogether(tasks)).scores);
    }
    for (const round of rounds) expect(round).toEqual(rounds[0]);
    const [none, little, all] = scorers.map(({ cache }) => cache.statistics());
    expect(none).toMatchObject({ hits: 0, entries: 0 });
    expect(little).toMatchObject({ entries: 1 });
    expect(little?.evictions).toBeGreaterThan(7);
    expect(all).toMatchObject({ hits: 7, misses: 7, entries: 7, evictions: 0 });
  });
});

describe('a document that is too long', () => {
  const room = contextLength + 1 - 8 - query.length;

  it('keeps as many tokens as the context has room for', async () => {
    const cut = await scoreOne({ documentIds: document });
    expect(cut).toMatchObject({ documentTokens: room, truncated: true });
    expect(await scoreOne({ documentIds: document.slice(0, room) })).toEqual({ ...cut, truncated: false });
  });

  it('keeps its end where the template says so', async () => {
    const keepEnd = { ...template, keep: 'end' as const };
    const cut = await scoreOne({ documentIds: document, template: keepEnd });
    expect(cut).toMatchObject({ documentTokens: room, truncated: true });
    expect(await scoreOne({ documentIds: document.slice(-room) })).toEqual({ ...cut, truncated: false });
    expect(cut.meanLogLikelihood).not.toBe((await scoreOne({ documentIds: document })).meanLogLikelihood);
  });

  it('keeps no more than the caller asks for', async () => {
    const cut = await scoreOne({ documentIds: document, maxDocumentTokens: 4 });
    expect(cut).toMatchObject({ documentTokens: 4, truncated: true });
    expect(await scoreOne({ documentIds: document.slice(0, 4) })).toEqual({ ...cut, truncated: false });
  });

  it('leaves room for a soft prompt', async () => {
    const adapter: ScoringAdapter = {
      hintLocation: 'suffix',
      softPrompt: tiny.embeddings.gather([13, 14, 15, 16, 17]),
      hintRows: () => 99,
      hints: null,
    };
    expect(await scoreOne({ documentIds: document, adapter })).toMatchObject({ documentTokens: room - 3 });
  });
});

describe('a query that is too long', () => {
  const queryOf = (length: number) => Array.from({ length }, () => 40);

  it('is refused with its length and the context', async () => {
    await expect(scoreOne({ queries: [queryOf(17)] })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'query',
      message:
        "the query has 17 tokens; with the template and hints it leaves no room for a document in the model's context of 24",
    });
  });

  it('is scored while one token of the document fits', async () => {
    expect(await scoreOne({ queries: [queryOf(16)] })).toMatchObject({ documentTokens: 1, truncated: true });
  });
});

describe('token ids', () => {
  it('fill the context to its last token, which is only predicted', async () => {
    const full = await scorer.scoreTokens(document.slice(0, 20), document.slice(20, 25));
    expect(full.targetLogLikelihoods).toHaveLength(5);
    await expect(scorer.scoreTokens(document.slice(0, 20), document.slice(20, 26))).rejects.toMatchObject({
      code: 'invalid_request',
      message: "prompt and targets have 26 tokens, the model's context is 24",
    });
  });
});

it('int8, which keeps keys and values in float16, scores a pair nearly as its tokens in one run', async () => {
  const int8 = await prepareGoldenModel(join(goldenFolder, 'tiny-llama'), 'int8');
  const rounded = createTestScorer(int8, contextLength);
  const [pair] = await rounded.score(taskOf({}));
  const tokens = await rounded.scoreTokens([1, 5, 6, 7, ...document.slice(0, 6), 8, 11, 12], [...query, 2]);
  expect(pair?.meanLogLikelihood).toBeCloseTo(tokens.meanLogLikelihood, 1);
  expect(rounded.cache.statistics().bytes).toBeLessThan(scorer.cache.statistics().bytes);
  await int8.close();
});
