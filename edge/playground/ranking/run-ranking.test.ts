import { expect, it } from 'vitest';
import { type RankingForm, runRanking } from '#edge/playground/ranking/run-ranking.ts';

const form: RankingForm = {
  query: 'q',
  documents: 'a\nb\nc',
  model: '',
  comparison: { kind: 'none' },
  explain: true,
};
const { signal } = new AbortController();

/** An API whose base model keeps the order and whose adapters reverse it. */
function scriptedApi() {
  const bodies: { model?: string; explain?: boolean; documents: unknown[] }[] = [];
  const fetch: typeof globalThis.fetch = async (_address, init) => {
    const body = JSON.parse(String(init?.body));
    bodies.push(body);
    const indexes = body.documents.map((_: unknown, index: number) => index);
    if (body.model !== undefined) indexes.reverse();
    const count = { total_tokens: 1 };
    const answer = {
      id: 'r',
      object: 'list',
      created: 0,
      model: body.model === undefined ? 'base' : `${body.model}@1`,
      results: indexes.map((index: number) => ({ index, relevance_score: 0.5 })),
      usage: { prompt_tokens: 1, ...count },
      meta: {
        api_version: { version: '2' },
        billed_units: { search_units: 1, ...count },
        tokens: { input_tokens: 1, output_tokens: 0 },
        cached_tokens: 0,
        cached_documents: 0,
      },
    };
    return Response.json(answer, { headers: { 'server-timing': 'total;dur=0.0' } });
  };
  return { ports: { fetch, now: () => 0 }, bodies };
}

it('asks once, with an explanation, where nothing is compared', async () => {
  const { ports, bodies } = scriptedApi();
  const outcome = await runRanking(ports, 'k', form, signal);
  expect(bodies).toEqual([{ query: 'q', documents: ['a', 'b', 'c'], explain: true }]);
  expect(outcome).toMatchObject({ kind: 'ranked', ranking: { beside: null, firstStage: [0, 1, 2] } });
});

it('asks a second model for its order alone', async () => {
  const { ports, bodies } = scriptedApi();
  const outcome = await runRanking(ports, 'k', { ...form, comparison: { kind: 'model', model: 'one' } }, signal);
  expect(bodies.map(({ model, explain }) => ({ model, explain }))).toEqual([
    { model: undefined, explain: true },
    { model: 'one', explain: undefined },
  ]);
  expect(outcome).toMatchObject({ ranking: { beside: { name: 'one@1', order: [2, 1, 0] } } });
});

it('compares with the order of the search by its scores', async () => {
  const { ports } = scriptedApi();
  const documents = '{"text":"a","score":1}\n{"text":"b","score":5}';
  const outcome = await runRanking(ports, 'k', { ...form, documents, comparison: { kind: 'first-stage' } }, signal);
  expect(outcome).toMatchObject({ ranking: { beside: { name: 'before', order: [1, 0] } } });
});

it('sends nothing that cannot be answered, and says why', async () => {
  const { ports, bodies } = scriptedApi();
  expect(await runRanking(ports, 'k', { ...form, documents: '' }, signal)).toMatchObject({
    kind: 'fault',
    fault: { title: 'Nothing to rank yet', message: 'There are no documents.' },
  });
  expect(await runRanking(ports, '', form, signal)).toMatchObject({ fault: { title: 'No key yet' } });
  expect(bodies).toEqual([]);
});
