import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { DocumentScorer } from '#gpu-worker/scoring/document-scorer.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import type { PairScore, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { initialAdapter } from '#gpu-worker/training/adapter/initial-adapter.ts';
import { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import { type TrainingSettings, trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { type PairSequence, PairSequences } from '#gpu-worker/training/steps/pair-sequences.ts';
import { SequenceRunner } from '#gpu-worker/training/threads/sequence-runner.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { trainingGraphs } from '#test/support/training-graphs.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-pairs-'));
const texts = { query: 'who eats honey?', documentId: 'd1', document: 'The bear eats honey in the cave.' };
const longTexts = { query: 'who eats honey?', documentId: 'd2', document: 'The bear eats honey. '.repeat(15) };
let model: FrozenModel;
let embeddings: EmbeddingTable;
let runner: SequenceRunner;
let serving: DocumentScorer;
const modules: HintModule[] = [];

beforeAll(async () => {
  model = openModel(writeTinyTextModel(join(folder, 'model')), { cacheFolder: folder });
  embeddings = new EmbeddingTable(model.source);
  const prepared = prepareModel(model, 'fp32', folder, () => {});
  runner = await SequenceRunner.open(model, {
    modelPath: join(folder, 'model'),
    ...trainingGraphs(model, prepared),
    prefixFolder: join(folder, 'prefixes'),
    prefixBytesMax: 1_000_000,
  });
  const options = { graphs: prepared.graphs, device: 'cpu', prefixBytesMax: 1_000_000, now: () => 0 } as const;
  serving = await DocumentScorer.open(model, options);
});
afterAll(async () => {
  for (const module of modules) await module.close();
  model.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(task: ScoreTask): Promise<PairScore[]> {
  const { outcomes } = await serving.scoreBatch([{ work: { kind: 'score', task }, deadlineAtMs: undefined }]);
  const [outcome] = outcomes;
  if (outcome?.kind !== 'scored')
    throw outcome?.kind === 'failed' ? outcome.error : new Error('the document was split');
  return outcome.scores;
}

async function open(
  wanted: Partial<TrainingSettings>,
  hintLocation: AdapterConfig['hintLocation'] = 'suffix',
  pair = texts,
) {
  const settings = { ...trainingSettingsSchema.parse({ k: 3, maxTokensPerDoc: 20 }), ...wanted };
  if (model.tokenizer === null) throw new Error('the tiny model has a tokenizer');
  const { method, k, heads, filters, template } = settings;
  const sequences = new PairSequences(settings, model.tokenizer, embeddings, model.config.contextLength);
  const residual = method !== 'soft-prompt';
  const adapter = new TrainedAdapter(
    initialAdapter({
      config: { format: 'hintrank-adapter-1', method, k, heads, filters, template, residual, hintLocation },
      hiddenSize: embeddings.width,
      seed: 1,
      meanSquaredNorm: 1,
      instruction: sequences.instruction,
    }),
    embeddings,
  );
  const module =
    method === 'soft-prompt'
      ? null
      : await HintModule.open(
          method === 'attend' ? { method, heads, dropout: settings.attentionDropout > 0 } : { method },
          embeddings.width,
          embeddings,
        );
  if (module !== null) modules.push(module);
  const layOut = (random: ReturnType<typeof seededRandom> | null = null): Promise<PairSequence> =>
    sequences.adapted(pair, adapter, module, random, true);
  return { settings, sequences, adapter, layOut };
}

const methods = ['retrieve', 'attend', 'soft-prompt'] as const;
const score = async (sequence: PairSequence) => {
  const [result] = await runner.run([sequence.task]);
  return -(result?.meanNegativeLogLikelihood ?? Number.NaN);
};

describe('a pair in training', () => {
  it.each(methods)('of %s scores as it will be served, but for the rounding of the prefix', async (method) => {
    const { settings, adapter, layOut } = await open({ method });
    // As if trained: nothing is zero or the identity any more.
    const normal = seededNormal(9);
    for (const name of adapter.denseNames)
      for (const [n, value] of adapter.dense(name).entries()) adapter.dense(name)[n] = value + 0.1 * normal();
    await serving.loadAdapter(method, adapter.toAdapterFile());
    const [served] = await serve({
      document: texts.document,
      queries: [texts.query],
      adapterDigest: method,
      maxTokensPerDoc: settings.maxTokensPerDoc,
    });
    expect(await score(await layOut())).toBeCloseTo(served?.meanLogLikelihood ?? Number.NaN, 2);
  });

  it.each(methods)(
    'of %s is cut to the context as it is served: a long document is no longer than the model can read',
    async (method) => {
      const { adapter, layOut } = await open({ method, maxTokensPerDoc: 400 }, 'suffix', longTexts);
      await serving.loadAdapter('long', adapter.toAdapterFile());
      const [served] = await serve({
        document: longTexts.document,
        queries: [longTexts.query],
        adapterDigest: 'long',
        maxTokensPerDoc: 400,
      });
      const sequence = await layOut();
      const { prefixIds, suffix } = sequence.task;
      expect(prefixIds.length + embeddings.embed(suffix).length / embeddings.width).toBe(model.config.contextLength);
      expect(served?.truncated).toBe(true);
      expect(await score(sequence)).toBeCloseTo(served?.meanLogLikelihood ?? Number.NaN, 2);
    },
  );

  it('without an adapter scores as the base model', async () => {
    const { sequences } = await open({});
    const base = sequences.base(texts);
    const [served] = await serve({ document: texts.document, queries: [texts.query], maxTokensPerDoc: 20 });
    expect(await score(base)).toBeCloseTo(served?.meanLogLikelihood ?? Number.NaN, 2);
    expect(base.input).toBeNull();
    expect(base.task.gradientRows).toBeNull();
  });

  it.each(methods)('of %s asks for the gradient of the rows that are trained', async (method) => {
    const { adapter, layOut } = await open({ method });
    const { task } = await layOut();
    const rows = embeddings.embed(task.suffix);
    const { start, length } = task.gradientRows ?? { start: -1, length: 0 };
    const watched = task.suffix.find((part) => 'rows' in part);
    if (watched === undefined || !('rows' in watched)) throw new Error('no rows in the sequence');
    expect(rows.slice(start * embeddings.width, (start + length) * embeddings.width)).toEqual(watched.rows);
    if (method === 'soft-prompt') expect(watched.rows).toEqual(adapter.dense('soft_prompt'));
  });

  it('keeps a prefix that depends on the document alone, cut to its limit', async () => {
    const { sequences, layOut } = await open({});
    const [long, other] = [sequences.base(texts), sequences.base({ ...texts, query: 'where?' })];
    expect(other.task.prefixIds).toEqual(long.task.prefixIds);
    expect((await layOut()).task.prefixIds).toEqual(long.task.prefixIds);
    const short = (await open({ maxTokensPerDoc: 5 })).sequences.base(texts);
    expect(long.task.prefixIds.length - short.task.prefixIds.length).toBe(15);
  });

  it.each([
    ['a soft prompt', { method: 'soft-prompt' }, 'suffix'],
    ['hints before the document', { method: 'retrieve' }, 'prefix'],
  ] as const)('keeps no prefix with %s: it changes with every step', async (_, settings, hintLocation) => {
    const { task } = await (await open(settings, hintLocation)).layOut();
    expect(task.prefixIds).toEqual([]);
  });
});

describe('random hints', () => {
  it('are tokens of the document, anew for each draw and the same at each look', async () => {
    const { settings, sequences, layOut } = await open({ hintChoice: 'random', k: 6 });
    const blockOf = ({ input }: PairSequence) => (input?.method === 'retrieve' ? input.block : []);
    const [first, again, second] = await Promise.all(
      [1, 1, 2].map((step) => layOut(seededRandom(settings.seed, 'hints', step))),
    );
    if (first === undefined || again === undefined || second === undefined) throw new Error('three were laid out');
    expect(blockOf(first)).toEqual(blockOf(again));
    expect(blockOf(first)).not.toEqual(blockOf(second));
    expect(blockOf(await layOut())).toEqual(blockOf(await layOut()));
    const document = new Set(sequences.base(texts).task.prefixIds);
    const hints = blockOf(first).slice(-7, -1);
    expect(hints.filter((id) => !document.has(id))).toEqual([]);
  });
});

describe('attention dropout', () => {
  const keptOf = ({ input }: PairSequence) => (input?.method === 'attend' ? input.kept : null);

  it('is drawn from the numbers of the step at its rate, and there is none at a look', async () => {
    const { settings, layOut } = await open({ method: 'attend', attentionDropout: 0.25 });
    const kept = keptOf(await layOut(seededRandom(0, 'hints', 1)));
    // " who eats honey?" has 16 bytes, each a token.
    expect(kept).toHaveLength(settings.heads * 16 * settings.maxTokensPerDoc);
    expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = (kept ?? []).filter((factor) => factor === 0).length / (kept?.length ?? 1);
    expect(dropped).toBeGreaterThan(0.2);
    expect(dropped).toBeLessThan(0.3);
    expect(keptOf(await layOut(seededRandom(0, 'hints', 1)))).toEqual(kept);
    expect(keptOf(await layOut(seededRandom(0, 'hints', 2)))).not.toEqual(kept);
    expect(keptOf(await layOut())).toBeNull();
  });

  it('of rate 0 is none', async () => {
    const { layOut } = await open({ method: 'attend', attentionDropout: 0 });
    expect(keptOf(await layOut(seededRandom(0, 'hints', 1)))).toBeNull();
  });
});
