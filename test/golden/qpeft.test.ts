import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import { layoutPrefix, layoutSuffix, targetsOf } from '#gpu-worker/q-peft/layout-pair.ts';
import { allowedHintTokens, rankDocumentTokens, selectHintTokens } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import { HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import { expectClose, expectCloseIfStored, tolerances } from '#test/golden/compare-tensors.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import {
  type GoldenPair,
  type GoldenSelection,
  goldenAdapter,
  goldenHintMaker,
  goldenScoringAdapter,
  goldenTemplate,
  qpeftCases,
  specialIds,
} from '#test/golden/qpeft-fixture.ts';
import { readGoldenTensors } from '#test/golden/read-golden-tensors.ts';
import { createTestScorer, type TestScorer } from '#test/support/create-test-scorer.ts';

/** Below this distance between neighbouring cells, float32 may order them either way (golden README). */
const scoreGapMin = 1e-7;

let golden: GoldenModel;
let sessions: HintSessions;
let scorer: TestScorer;

beforeAll(async () => {
  golden = await prepareGoldenModel(join(goldenFolder, 'tiny-llama'), 'fp32');
  sessions = new HintSessions(golden.model.config.hiddenSize);
  scorer = createTestScorer(golden, golden.model.config.contextLength);
});
afterAll(async () => {
  await sessions.close();
  await golden.close();
});

const document = (pair: GoldenPair) => qpeftCases.docs[pair.doc] ?? [];
const query = (pair: GoldenPair) => qpeftCases.queries[pair.query] ?? [];
const address = (pair: GoldenPair) => `${pair.filter}.${pair.query}.${pair.doc}`;
const pairsOf = (kind: string) => qpeftCases.adapters[kind]?.pairs ?? [];

function filtersOf(letters: string) {
  return { filters: letters, specialIds, isStopWord: () => false, hasLetter: () => true };
}

function expectSelection(
  name: string,
  cosines: Float64Array,
  queryIds: readonly number[],
  documentIds: readonly number[],
  filters: string,
  expected: GoldenSelection,
): void {
  const allowed = allowedHintTokens(rankDocumentTokens(cosines, documentIds), queryIds, filtersOf(filters));
  const selected = selectHintTokens(cosines, queryIds, documentIds, qpeftCases.k, filtersOf(filters));
  if (expected.ids === null) {
    expect(allowed, `${name}: tokens to draw from`).toEqual(expected.sample_from);
    expect(selected.length, `${name}: draws`).toBe(qpeftCases.k);
    expect(expected.sample_from, `${name}: drawn tokens`).toEqual(expect.arrayContaining(selected));
  } else {
    expect(selected, `${name}: selected tokens`).toEqual(expected.ids);
  }
}

describe('Q-PEFT-R selects hint tokens', () => {
  const similarities = readGoldenTensors('qpeft/expected_R.safetensors');

  function cosinesOf(pair: GoldenPair): Float64Array {
    const table = new AdapterEmbeddingTable(goldenAdapter('R', pair.filter), golden.embeddings);
    const width = golden.embeddings.width;
    return cosineSimilarity(table.gather(query(pair)), golden.embeddings.gather(document(pair)), width);
  }

  it.each(pairsOf('R').map((pair) => [address(pair), pair] as const))(
    'similarity and selection of %s',
    (name, pair) => {
      const cosines = cosinesOf(pair);
      const sigmoids = cosines.map((cosine) => 1 / (1 + Math.exp(-cosine)));
      const expected = similarities.get(`similarity.${pair.query}.${pair.doc}`) ?? [];
      expectClose(`similarity ${name}`, sigmoids, expected, 1e-6);
      expect(pair.min_score_gap, `${name}: a case that float32 can order`).toBeGreaterThanOrEqual(scoreGapMin);
      const selection = pair.selected ?? { ids: null };
      expectSelection(name, cosines, query(pair), document(pair), pair.filter, selection);
    },
  );

  it.each(qpeftCases.selection_edge_cases)('edge case: $name', (edge) => {
    const width = golden.embeddings.width;
    const table = readGoldenTensors('qpeft/edge_embedding.safetensors').get('docspec_embeddings.weight');
    const rows = edge.query.flatMap((id) => [...(table?.subarray(id * width, (id + 1) * width) ?? [])]);
    const cosines = cosineSimilarity(Float32Array.from(rows), golden.embeddings.gather(edge.doc), width);
    expectSelection(edge.name, cosines, edge.query, edge.doc, edge.filter, edge.selected);
  });
});

describe.each(['R', 'A', 'S'])('adapter %s forward', (kind) => {
  const expected = readGoldenTensors(`qpeft/expected_${kind}.safetensors`);
  const stored = [...expected.keys()].filter((name) => /^(hints|embeds)\./.test(name)).length;
  let compared = 0;
  afterAll(() => {
    expect(compared, 'stored hints and embeddings that were compared').toBe(stored);
  });

  it.each(pairsOf(kind).map((pair) => [address(pair), pair] as const))(
    'hints, embeddings and scores of %s',
    async (name, pair) => {
      const adapter = goldenAdapter(kind, pair.filter);
      const template = goldenTemplate();
      const maker = await goldenHintMaker(golden, sessions, adapter);
      const tokens = {
        open: template.hintOpen,
        close: template.hintClose,
        query: query(pair),
        document: document(pair),
      };
      const hints = maker === null ? null : (await maker.make(tokens)).rows;
      if (hints !== null) compared += Number(expectCloseIfStored(expected, `hints.${name}`, hints, tolerances.hints));

      const parts = { hints, hintLocation: 'suffix' as const, softPrompt: adapter.softPrompt?.values ?? null };
      const targets = targetsOf(template, query(pair));
      expect(targets).toEqual(pair.target_ids);
      const sequence = [...layoutPrefix(template, document(pair), parts), ...layoutSuffix(template, targets, parts)];
      const embedded = golden.embeddings.embed(sequence);
      compared += Number(expectCloseIfStored(expected, `embeds.${name}`, embedded, tolerances.hints));

      const [score] = await scorer.score({
        template,
        documentIds: document(pair),
        maxDocumentTokens: 512,
        queries: [query(pair)],
        adapter: await goldenScoringAdapter(golden, sessions, adapter),
      });
      const values = score?.targetLogLikelihoods ?? [];
      expectClose(`log-probabilities ${name}`, values, pair.logprobs, tolerances.hintLogProbabilities);
      expectClose(`mean ${name}`, [score?.meanLogLikelihood ?? 0], [-pair.mean_nll], tolerances.hintLogProbabilities);
    },
  );

  const layouts = (['target_bos', 'location_prefix'] as const).filter((layout) => qpeftCases.adapters[kind]?.[layout]);
  it.each(layouts)('scores every document with the layout %s', async (layout) => {
    const location = layout === 'location_prefix' ? 'prefix' : 'suffix';
    const adapter = await goldenScoringAdapter(golden, sessions, goldenAdapter(kind, 'd'), location);
    const matrix = qpeftCases.adapters[kind]?.[layout] ?? [];
    for (const [doc, documentIds] of qpeftCases.docs.entries()) {
      const scores = await scorer.score({
        template: goldenTemplate(layout === 'target_bos'),
        documentIds,
        maxDocumentTokens: 512,
        queries: qpeftCases.queries,
        adapter,
      });
      const means = scores.map((score) => -score.meanLogLikelihood);
      const column = matrix.map((row) => row[doc] ?? 0);
      expectClose(`${layout}, document ${doc}`, means, column, tolerances.hintLogProbabilities);
    }
  });
});
