import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import { expectClose, tolerances } from '#test/golden/compare-tensors.ts';
import { goldenFolder, readGoldenJson } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';

/** The graphs that run on GPUs, run on the CPU, which converts where it has no kernel for float16: slow, and the same arithmetic in its digits. */

interface TinyCases {
  readonly cases: readonly {
    readonly input_ids: readonly number[];
    readonly cache_split: number;
    readonly logprobs: readonly number[];
  }[];
}

interface GoldenPairs {
  readonly pairs: readonly {
    readonly runs: Readonly<
      Record<
        'upr',
        {
          readonly prefix_ids: number[];
          readonly cue_ids: number[];
          readonly target_ids: number[];
          readonly logprobs: number[];
        }
      >
    >;
  }[];
}

/** log p of `targetIds`, of which the last `rows` rows of prefix and suffix predict one each. */
async function logProbabilities(golden: GoldenModel, prefix: number[], suffix: number[], targetIds: readonly number[]) {
  const { runner, embeddings } = golden;
  const past = prefix.length === 0 ? noKeyValues : await runner.keyValues(embeddings.gather(prefix));
  const first = suffix.length - targetIds.length;
  const targetRows = targetIds.map((_, index) => first + index);
  const [values] = await runner.logProbabilities([
    { embeddings: embeddings.gather(suffix), past, targetRows, targetIds },
  ]);
  return values ?? new Float32Array(0);
}

describe.each(['tiny-llama', 'tiny-qwen2'])('%s in fp16', (name) => {
  let golden: GoldenModel;
  const { cases } = readGoldenJson<TinyCases>(`${name}/cases.json`);
  beforeAll(async () => {
    golden = await prepareGoldenModel(join(goldenFolder, name), 'fp16');
  });
  afterAll(async () => {
    await golden.close();
  });

  it('keeps its weights and its keys and values in float16', async () => {
    const { tensors } = await golden.runner.keyValues(golden.embeddings.gather([1, 2]));
    expect(tensors.every((tensor) => tensor instanceof Uint16Array)).toBe(true);
    expect(golden.manifest.tensors['model.head.weight']?.type).toBe('float16');
  });

  const scored = cases.filter(({ input_ids: ids, cache_split: split }) => ids.length > split + 1);
  it.each(scored.map((one, index) => [index, one] as const))(
    'gives the log-probabilities of case %i',
    async (_, one) => {
      const { input_ids: ids, cache_split: split, logprobs } = one;
      const targets = ids.slice(split + 1);
      const values = await logProbabilities(golden, ids.slice(0, split), ids.slice(split, -1), targets);
      expectClose('log-probabilities', values, logprobs.slice(split), tolerances.fp16TinyLogProbability);
    },
  );
});

describe('the real model in fp16', () => {
  let golden: GoldenModel;
  beforeAll(async () => {
    golden = await prepareGoldenModel(await fetchDefaultModel({}), 'fp16', convertedWeightsFolder);
  });
  afterAll(async () => {
    await golden.close();
  });

  it('gives a pair the likelihood of the reference', async () => {
    const run = readGoldenJson<GoldenPairs>('smollm2/pairs.json').pairs[0]?.runs.upr;
    if (run === undefined) throw new Error('the golden folder has pairs');
    const suffix = [...run.cue_ids, ...run.target_ids.slice(0, -1)];
    const values = await logProbabilities(golden, run.prefix_ids, suffix, run.target_ids);
    const mean = (all: ArrayLike<number>) => Array.from(all).reduce((sum, value) => sum + value, 0) / all.length;
    expectClose('mean', [mean(values)], [mean(run.logprobs)], tolerances.fp16RealMean);
  });
});
