import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';

describe('the default model', () => {
  let model: FrozenModel;
  beforeAll(async () => {
    model = openModel(await resolveModelPath());
  });
  afterAll(() => model.close());

  it('has the configuration that the method was measured with', () => {
    expect(model.config).toEqual({
      family: 'llama',
      layers: 30,
      hiddenSize: 576,
      queryHeads: 9,
      keyValueHeads: 3,
      headSize: 64,
      feedForwardSize: 1536,
      vocabularySize: 49_152,
      contextLength: 8_192,
      rmsEpsilon: 1e-5,
      ropeTheta: 100_000,
      ropeScaling: null,
      tiedHead: true,
      queryKeyValueBias: false,
      attentionOutputBias: false,
      feedForwardBias: false,
      queryKeyNorm: false,
    });
    expect(model.tokenizer?.vocabularySize).toBe(49_152);
  });

  it('has 134.5 million finite weights under Hugging Face names', () => {
    const { tensors } = model.source;
    expect(tensors.size).toBe(2 + 30 * 9);
    expect(tensors.get('model.embed_tokens.weight')).toMatchObject({ storage: 'Q8_0', shape: [49_152, 576] });
    expect(tensors.get('model.layers.29.self_attn.k_proj.weight')).toMatchObject({
      storage: 'Q4_1',
      shape: [192, 576],
    });
    let weights = 0;
    for (const name of tensors.keys()) {
      const values = model.source.readRows(name);
      weights += values.length;
      expect(values.every(Number.isFinite), name).toBe(true);
    }
    expect(weights).toBe(134_515_008);
  });

  it('keeps its fingerprint, or every adapter trained on it would be refused', () => {
    expect(model.fingerprint).toBe('8c6968ebcb662763875103cb4797e1c665e8b87dc2ce21f4c8959f27250f0541');
  });
});
