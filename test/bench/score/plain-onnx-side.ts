import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildSuffixGraph } from '#gpu-worker/language-model/build-suffix-graph.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { writeGraphFile } from '#gpu-worker/scoring/prepared-model/write-graph-file.ts';
import { suffixFeeds } from '#gpu-worker/scoring/suffix-feeds.ts';
import type { BenchmarkPair, RoundRequest, RoundResult } from '#test/bench/score/benchmark-side.ts';
import { serveSide } from '#test/bench/side-process.ts';

export interface PlainOnnxSetup {
  readonly modelPath: string;
  readonly cacheFolder: string;
  /** Of the runtime, within one operator. */
  readonly threads: number;
}

/**
 * onnxruntime as one would use it without this product: the whole sequence of a pair in one run, a pair after the other, float32, the runtime's own
 * threads; nothing is kept, nothing shares a run. Two favours: logits of the target rows alone, which no exported graph offers, and denormals as zeros.
 */
serveSide<PlainOnnxSetup, RoundRequest, RoundResult>(async ({ modelPath, cacheFolder, threads }) => {
  const model = openModel(modelPath);
  const { config } = model;
  const shape = { slots: 1, keyValueType: 'float32' } as const;
  const { folder, manifest } = prepareModel(model, 'fp32', cacheFolder, () => undefined);
  const path = writeGraphFile(folder, 'plain', buildSuffixGraph(config, manifest, shape));
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: threads,
    extra: { session: { set_denormal_as_zero: '1' } },
  });
  const embeddings = new EmbeddingTable(model.source);
  const rotary = new RotaryTable(config);
  const score = async ({ promptIds, targetIds }: BenchmarkPair): Promise<number> => {
    const run = {
      embeddings: embeddings.gather([...promptIds, ...targetIds.slice(0, -1)]),
      past: noKeyValues,
      targetRows: targetIds.map((_, index) => promptIds.length - 1 + index),
      targetIds,
    };
    const { feeds } = suffixFeeds([run], shape, config, rotary);
    const tensors = Object.entries(feeds).map(([name, { type, data, shape: dims }]) => [
      name,
      new Tensor(type, data, dims),
    ]);
    const { log_probabilities: values } = await session.run(Object.fromEntries(tensors), ['log_probabilities']);
    const targets = values?.data;
    if (!(targets instanceof Float32Array)) throw new Error('plain ONNX returned no float32 log-probabilities');
    return targets.reduce((sum, value) => sum + value, 0) / targets.length;
  };
  return {
    description: `one session of ${threads} threads in ONNX Runtime; token ids given, a pair's whole sequence in one run, a pair at a time`,
    async ask({ pairs }) {
      const startMs = performance.now();
      const meanLogLikelihoods: number[] = [];
      for (const pair of pairs) meanLogLikelihoods.push(await score(pair));
      return { milliseconds: performance.now() - startMs, meanLogLikelihoods, suffixRows: null };
    },
  };
});
