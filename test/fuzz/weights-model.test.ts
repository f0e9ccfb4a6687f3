import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import { ggufCheckpointOf } from '#gpu-worker/language-model/open-gguf-model.ts';
import { readModelConfig } from '#gpu-worker/language-model/read-model-config.ts';
import { byteSourceOf } from '#gpu-worker/weights/byte-source.ts';
import { ggufFileOf } from '#gpu-worker/weights/open-gguf.ts';
import { parseGguf } from '#gpu-worker/weights/parse-gguf.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { mutatedBytes } from '#test/support/mutate-bytes.ts';
import { smallConfig } from '#test/support/small-checkpoint.ts';
import { smallGguf, smallGgufMetadata } from '#test/support/small-gguf.ts';

const modelMutations = 3_000;
const configMutations = 5_000;

/** Runs `open`; whatever it throws must be a typed refusal. Returns whether it was accepted. */
function opensOrRefuses(open: () => void): boolean {
  try {
    open();
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_weights') return false;
    throw error;
  }
}

describe('a damaged model', () => {
  it(`is refused with a reason or has every tensor its configuration calls for, over ${modelMutations} mutations of a GGUF`, () => {
    const file = smallGguf();
    const valueOffsets = smallGgufMetadata.map(({ key }) => Buffer.from(file).indexOf(key) + key.length + 4);
    let accepted = 0;
    fc.assert(
      fc.property(mutatedBytes(file, parseGguf(byteSourceOf(file)).dataOffset, valueOffsets), (bytes) => {
        const opened = opensOrRefuses(() => {
          const { config, source } = ggufCheckpointOf(ggufFileOf(byteSourceOf(bytes)));
          for (const [name, shape] of expectedTensors(config)) {
            expect(source.readRows(name).length).toBe(shape.reduce((product, size) => product * size, 1));
          }
        });
        if (opened) accepted++;
      }),
      { numRuns: modelMutations },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(modelMutations / 2);
  });

  it(`is refused with a reason or has a usable configuration, over ${configMutations} damaged config.json`, () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(0, 1, 2, 3, 8, 64, -1, 1e18, 0.5, true, 'linear', 'llama3', 'qwen2'),
    );
    const rope = fc.record(
      {
        type: value,
        rope_type: value,
        factor: value,
        low_freq_factor: value,
        high_freq_factor: value,
        original_max_position_embeddings: value,
        rope_theta: value,
      },
      { requiredKeys: [] },
    );
    const otherFields = [
      'head_dim',
      'attention_bias',
      'mlp_bias',
      'sliding_window',
      'use_sliding_window',
      'rope_theta',
      'rope_scaling',
      'rope_parameters',
      'hidden_act',
    ];
    const change = fc.tuple(fc.constantFrom(...Object.keys(smallConfig), ...otherFields), fc.oneof(value, rope));
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const opened = opensOrRefuses(() => {
          const config = readModelConfig('config.json', { ...smallConfig, ...Object.fromEntries(changes) });
          expect(config.headSize % 2).toBe(0);
          for (const shape of expectedTensors(config).values())
            expect(shape.every((size) => Number.isSafeInteger(size) && size > 0)).toBe(true);
        });
        if (opened) accepted++;
      }),
      { numRuns: configMutations },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(configMutations / 2);
  });
});
