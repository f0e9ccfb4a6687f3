import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import type { Fault } from '#edge/testing/fake-gpu-worker.ts';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter } from '#edge/testing/seed-database.ts';
import { limits } from '#shared/limits.ts';

const query = 'When was it built?';
const documents = ['[-2] nothing', '[-1] it was built'];

/** What the fake worker says of a scored token. */
const token = (text: string, start: number, log_likelihood: number) => ({
  text,
  start,
  end: start + text.length,
  log_likelihood,
  log_likelihood_without_document: -6,
  lift: log_likelihood + 6,
});

describe('POST /v2/rerank with explain', () => {
  it('says what each query token is worth with and without the document, and changes no score', async () => {
    const { body, calls } = await rerank({ query, documents, explain: true });
    expect(body.results[0]).toMatchObject({
      index: 1,
      explanation: {
        tokens: [
          token('When', 0, -1),
          token('was', 5, -1 + Math.log(2)),
          token('it', 9, -1 + Math.log(2)),
          token('built?', 12, -1),
        ],
      },
    });
    expect(body.results[1]?.explanation?.tokens).toEqual([
      token('When', 0, -2),
      token('was', 5, -2),
      token('it', 9, -2),
      token('built?', 12, -2),
    ]);
    expect(body.meta.warnings).toBeUndefined();
    const plain = await rerank({ query, documents });
    expect(body.results.map(({ explanation, ...result }) => result)).toEqual(plain.body.results);
    expect(body.usage).toEqual(plain.body.usage);
    expect(calls.map(({ request }) => request.explain ?? false)).toEqual([false, true]);
  });

  it('explains scores that are kept, without scoring them again, and keeps no explanation', async () => {
    const test = createTestApp();
    const plain = await rerank({ query, documents }, { test });
    for (const asked of [2, 3]) {
      const { response, body } = await rerank({ query, documents, top_n: 1, explain: true }, { test });
      expect(response.headers.get('x-cache')).toBe('HIT');
      expect(body.results[0]).toMatchObject({ ...plain.body.results[0], explanation: { tokens: [{}, {}, {}, {}] } });
      expect(test.calls).toHaveLength(asked);
      expect(test.calls.at(-1)?.request).toMatchObject({ documents: ['[-1] it was built'], explain: true });
    }
    const after = await rerank({ query, documents }, { test });
    expect(after.body.results).toEqual(plain.body.results);
    expect(test.calls).toHaveLength(3);
  });

  it('never explains another score than it shows: everything is ranked anew where a worker was replaced', async () => {
    let replaced = false;
    const fault: Fault = ({ request }) => {
      if (!replaced) return undefined;
      const explanation = { target_log_likelihoods: [-3, -3, -3, -3] };
      const scores = request.documents.map(() => ({ mean_log_likelihood: -3, document_tokens: 2, truncated: false, explanation })); // biome-ignore format: one score
      const tokens = ['a', 'b', 'c', 'd'].map((text) => ({ text, start: null, end: null, log_likelihood: -5 }));
      const answer = { model: 'm', template: 't', query_tokens: 4, compute_ms: 1, scoring_fingerprint: 'new' };
      return Promise.resolve(Response.json({ ...answer, scores, explanation: { tokens } }));
    };
    const test = createTestApp({ fault });
    await rerank({ query, documents, scoring: 'likelihood' }, { test });
    replaced = true;
    const { body, response } = await rerank({ query, documents, scoring: 'likelihood', explain: true }, { test });
    expect(body.results.map(({ mean_log_likelihood }) => mean_log_likelihood)).toEqual([-3, -3]);
    expect(body.results.map(({ explanation }) => explanation?.tokens[0]?.log_likelihood)).toEqual([-3, -3]);
    expect(response.headers.get('x-cache')).toBe('MISS');
    expect(body.meta.warnings).toBeUndefined();
  });

  it('leaves explanations out, and says so, with workers that know none or whose scores do not stay', async () => {
    const plain = { model: 'm', template: 't', query_tokens: 4, compute_ms: 1 };
    let score = -1;
    const unsteady: Fault = ({ request }) => {
      score -= 1;
      const scores = request.documents.map(() => ({
        mean_log_likelihood: score,
        document_tokens: 2,
        truncated: false,
      }));
      return Promise.resolve(Response.json({ ...plain, scores }));
    };
    const { body } = await rerank({ query, documents, scoring: 'likelihood', explain: true }, { fault: unsteady });
    expect(body.results.map(({ explanation }) => explanation)).toEqual([undefined, undefined]);
    expect(body.meta.warnings).toEqual(['not explained, since no worker could: the documents at index 0, 1']);
  });

  it('explains the best results only, and fewer where the query is long', async () => {
    const many = Array.from({ length: limits.explainedResultsMax + 3 }, (_, n) => `[-${n + 1}] x${n}`);
    const { body, calls } = await rerank({ query, documents: many, explain: true });
    const explained = body.results.map(({ explanation }) => explanation !== undefined);
    expect(explained.indexOf(false)).toBe(limits.explainedResultsMax);
    expect(explained.filter(Boolean)).toHaveLength(limits.explainedResultsMax);
    expect(calls.at(-1)?.request.documents).toHaveLength(limits.explainedResultsMax);
    const long = await rerank({ query: 'a '.repeat(4_000).trim(), documents: many, explain: true });
    expect(long.body.results.filter(({ explanation }) => explanation !== undefined)).toHaveLength(2);
  });

  it('shows the hints of an adapter', async () => {
    await seedAdapter('acme', 'tickets', 1);
    const { body } = await rerank({ query, documents, model: 'tickets', explain: 'true' });
    expect(body.results[0]?.explanation?.hints).toEqual({
      method: 'retrieve',
      tokens: [{ text: '[-1', start: 0, end: 3, position: 0, query_token: 0, similarity: 1 }],
    });
  });

  it('is an error, or a warning where a part is wanted, when the workers fail after the scoring', async () => {
    const failing: Fault = ({ request }) =>
      request.explain === true ? Promise.resolve(new Response('', { status: 500 })) : undefined;
    const refused = await postRerank({ query, documents, explain: true }, { fault: failing });
    expect(refused.response.status).toBe(503);
    const { body } = await rerank({ query, documents, explain: true, on_failure: 'partial' }, { fault: failing });
    expect(body.results).toHaveLength(2);
    expect(body.meta.warnings).toEqual(['not explained, since no worker could: the documents at index 1, 0']);
  });

  it('explains nothing where the order is the request’s own', async () => {
    const fault: Fault = () => Promise.resolve(new Response('', { status: 500 }));
    const { body } = await rerank({ query, documents, explain: true, on_failure: 'original_order' }, { fault });
    expect(body.results.map(({ index, explanation }) => [index, explanation])).toEqual([[0, undefined], [1, undefined]]); // biome-ignore format: pairs
  });

  it('is there for Voyage’s, Mixedbread’s and Workers AI’s shapes', async () => {
    const voyage = await postRerank({ query, documents, top_k: null, explain: true });
    expect(voyage.json).toMatchObject({ data: [{ explanation: { tokens: [{}, {}, {}, {}] } }, {}] });
    const mixedbread = await postRerank({ query, input: documents, explain: true });
    expect(mixedbread.json).toMatchObject({ data: [{ explanation: { tokens: [{}, {}, {}, {}] } }, {}] });
    const contexts = documents.map((text) => ({ text }));
    const workersAi = await postRerank({ query, contexts, explain: true });
    expect(workersAi.json).toMatchObject({ response: [{ explanation: { tokens: [{}, {}, {}, {}] } }, {}] });
  });

  it.each([[1], ['yes']])('400 for %j', async (explain) => {
    const { response, json } = await postRerank({ query, documents, explain });
    expect({ status: response.status, json }).toMatchObject({ status: 400, json: { error: { param: 'explain' } } });
  });
});
