import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import { expectClose } from '#test/golden/compare-tensors.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { writeRandomCheckpoint } from '#test/support/random-checkpoint.ts';
import { logSoftmax, referenceForward } from '#test/support/reference-forward.ts';

/** Each family switch away from its plain state, and the combinations that real models ship. */
const variants = [
  ['nothing switched on: 3 query heads on 1, untied head', {}],
  ['tied head', { tie_word_embeddings: true }],
  ['as many key/value heads as query heads', { num_key_value_heads: 3 }],
  ['4 query heads on 2', { num_attention_heads: 4, num_key_value_heads: 2 }],
  [
    'biases on q, k, v only (Qwen2), hidden 40 with heads of 16',
    { model_type: 'qwen2', hidden_size: 40, num_attention_heads: 4, num_key_value_heads: 2 },
  ],
  ['biases on q, k, v and the output', { attention_bias: true }],
  ['biases on gate, up and down', { mlp_bias: true }],
  [
    'head norms (Qwen3), tied, heads of 32 on hidden 48',
    { model_type: 'qwen3', head_dim: 32, num_attention_heads: 4, num_key_value_heads: 2, tie_word_embeddings: true },
  ],
  ['head norms and attention biases', { model_type: 'qwen3', attention_bias: true }],
  ['Mistral with another rope base', { model_type: 'mistral', rope_theta: 1_000_000 }],
  ['linear rope scaling', { rope_scaling: { rope_type: 'linear', factor: 4 } }],
  [
    'Llama 3 rope scaling, all three bands in use',
    {
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 32,
      },
    },
  ],
  [
    'every bias, a large epsilon, odd widths: hidden 36, head size 12, feed-forward 44',
    { hidden_size: 36, head_dim: 12, intermediate_size: 44, attention_bias: true, mlp_bias: true, rms_norm_eps: 0.05 },
  ],
] as const;

const ids = [3, 17, 17, 60, 0, 63, 8, 41, 5, 5, 29, 12];
/** Tokens of the prefix where the sequence is cut in two: none, one, about half, all but one. */
const splits = [0, 1, 7, 11];

/** Absolute, on logits with a standard deviation of 1 to 7: the golden README's. */
const fp32Tolerance = 2e-4;

/** Norm of the difference over the norm of the logits. Measured up to 0.021; a rotation folded wrongly, a norm or a bias left out gives 0.15 to 0.7. */
const int8RelativeTolerance = 0.05;

/** The same for float16, whose steps are 2^-11 of a value. */
const fp16RelativeTolerance = 0.005;

const folder = mkdtempSync(join(tmpdir(), 'hintrank-family-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(variants.map(([name, changes], index) => ({ name, changes, index })))('$name', ({ changes, index }) => {
  const checkpoint = writeRandomCheckpoint(join(folder, String(index)), changes, index + 1);

  describe.each(['fp32', 'int8', 'fp16'] as const)('in %s', (precision) => {
    let tiny: GoldenModel;
    let expected: number[][];
    beforeAll(async () => {
      tiny = await prepareGoldenModel(checkpoint, precision);
      expected = referenceForward(tiny.model.config, tiny.model.source, ids);
    });
    afterAll(() => tiny.close());

    it.each(splits)('computes what the definition says, with %i tokens in the K/V cache', async (split) => {
      const { runner, embeddings } = tiny;
      const past = split === 0 ? noKeyValues : await runner.keyValues(embeddings.gather(ids.slice(0, split)));
      const rest = ids.slice(split);
      const targetIds = rest.map((_, row) => rest[row + 1] ?? 1);
      const outputs = await runner.outputs(
        [{ embeddings: embeddings.gather(rest), past, targetRows: rest.map((_, row) => row), targetIds }],
        ['logits', 'log_probabilities'],
      );
      const logits = expected.slice(split);
      const logProbabilities = logits.map((row, n) => logSoftmax(row)[targetIds[n] ?? -1] ?? Number.NaN);
      expectAgreement('logits', precision, outputs['logits'], logits.flat());
      expectAgreement('log-probabilities', precision, outputs['log_probabilities'], logProbabilities);
    });
  });
});

function expectAgreement(
  name: string,
  precision: Precision,
  got: Float32Array = new Float32Array(0),
  expected: readonly number[] = [],
): void {
  if (precision === 'fp32') {
    expectClose(name, got, expected, fp32Tolerance);
    return;
  }
  expect(got.length).toBe(expected.length);
  const difference = Math.hypot(...expected.map((value, n) => value - (got[n] ?? Number.NaN)));
  expect(difference / Math.hypot(...expected), name).toBeLessThanOrEqual(
    precision === 'fp16' ? fp16RelativeTolerance : int8RelativeTolerance,
  );
}
