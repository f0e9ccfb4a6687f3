import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import { expectClose, tolerances } from '#test/golden/compare-tensors.ts';
import { goldenFolder, readGoldenJson } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { readGoldenTensors } from '#test/golden/read-golden-tensors.ts';

interface TinyCases {
  readonly cases: readonly {
    readonly index: number;
    readonly input_ids: readonly number[];
    readonly cache_split: number;
    readonly logprobs: readonly number[];
  }[];
}

describe.each(['tiny-llama', 'tiny-qwen2'])('%s in fp32', (name) => {
  let golden: GoldenModel;
  const { cases } = readGoldenJson<TinyCases>(`${name}/cases.json`);
  const logits = readGoldenTensors(`${name}/logits.safetensors`);

  beforeAll(async () => {
    golden = await prepareGoldenModel(join(goldenFolder, name), 'fp32');
  });
  afterAll(async () => {
    await golden.close();
  });

  async function run(ids: readonly number[], split: number) {
    const { runner, embeddings } = golden;
    const past = split === 0 ? noKeyValues : await runner.keyValues(embeddings.gather(ids.slice(0, split)));
    const rest = ids.slice(split);
    const targetRows = rest.map((_, row) => row);
    const targetIds = rest.map((_, row) => rest[row + 1] ?? 0);
    const sequence = { embeddings: embeddings.gather(rest), past, targetRows, targetIds };
    return runner.outputs([sequence], ['logits', 'log_probabilities']);
  }

  it.each(cases)('gives the logits and log-probabilities of case $index', async ({ index, input_ids, logprobs }) => {
    const outputs = await run(input_ids, 0);
    expectClose('logits', outputs['logits'] ?? [], logits.get(`logits.${index}`) ?? [], tolerances.tinyLogits);
    const values = (outputs['log_probabilities'] ?? new Float32Array(0)).subarray(0, logprobs.length);
    expectClose('log-probabilities', values, logprobs, tolerances.tinyLogits);
  });

  it.each(cases.filter((one) => one.cache_split > 0))(
    'gives the same logits from a K/V cache, case $index',
    async (one) => {
      const whole = (await run(one.input_ids, 0))['logits'] ?? new Float32Array(0);
      const cached = (await run(one.input_ids, one.cache_split))['logits'] ?? new Float32Array(0);
      const width = whole.length / one.input_ids.length;
      expect(cached.length).toBe((one.input_ids.length - one.cache_split) * width);
      expectClose('cached logits', cached, whole.subarray(one.cache_split * width), tolerances.cachedLogits);
    },
  );
});
