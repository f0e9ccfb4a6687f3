import { describe, expect, it } from 'vitest';
import { readModelConfig } from '#gpu-worker/language-model/read-model-config.ts';
import { smallConfig } from '#test/support/small-checkpoint.ts';

function read(changes: object) {
  return readModelConfig('config.json', { ...smallConfig, ...changes });
}

const llama3 = {
  rope_type: 'llama3',
  factor: 32,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};

describe('readModelConfig', () => {
  it('reads a Llama configuration, deriving the head size', () => {
    expect(read({})).toEqual({
      family: 'llama',
      layers: 1,
      hiddenSize: 8,
      queryHeads: 2,
      keyValueHeads: 1,
      headSize: 4,
      feedForwardSize: 12,
      vocabularySize: 5,
      contextLength: 64,
      rmsEpsilon: 1e-5,
      ropeTheta: 10_000,
      ropeScaling: null,
      tiedHead: true,
      queryKeyValueBias: false,
      attentionOutputBias: false,
      feedForwardBias: false,
      queryKeyNorm: false,
    });
  });

  it('keeps a head size that is not hidden over heads, and treats null as missing', () => {
    expect(read({ head_dim: 16 }).headSize).toBe(16);
    expect(read({ head_dim: null }).headSize).toBe(4);
    expect(read({ num_key_value_heads: undefined }).keyValueHeads).toBe(2);
    expect(read({ model_type: 'qwen3' }).headSize).toBe(128);
  });

  it('takes the switches of each family', () => {
    const switches = (changes: object) => {
      const { queryKeyValueBias, attentionOutputBias, feedForwardBias, queryKeyNorm } = read(changes);
      return { queryKeyValueBias, attentionOutputBias, feedForwardBias, queryKeyNorm };
    };
    const none = { queryKeyValueBias: false, attentionOutputBias: false, feedForwardBias: false, queryKeyNorm: false };
    expect(switches({ attention_bias: true, mlp_bias: true })).toEqual({
      ...none,
      queryKeyValueBias: true,
      attentionOutputBias: true,
      feedForwardBias: true,
    });
    expect(switches({ model_type: 'mistral' })).toEqual(none);
    expect(switches({ model_type: 'qwen2' })).toEqual({ ...none, queryKeyValueBias: true });
    expect(switches({ model_type: 'qwen3', attention_bias: false })).toEqual({ ...none, queryKeyNorm: true });
  });

  it('reads rotary scaling in the older and the newer form', () => {
    expect(read({ rope_scaling: { type: 'linear', factor: 2 } }).ropeScaling).toEqual({ kind: 'linear', factor: 2 });
    expect(read({ rope_scaling: { rope_type: 'default' }, rope_theta: 5e5 })).toMatchObject({
      ropeScaling: null,
      ropeTheta: 5e5,
    });
    expect(read({ rope_parameters: { ...llama3, rope_theta: 5e5 } })).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: {
        kind: 'llama3',
        factor: 32,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContextLength: 8192,
      },
    });
  });

  it('serves no context longer than a sliding window that the model uses', () => {
    expect(read({ model_type: 'mistral', sliding_window: 16 }).contextLength).toBe(16);
    expect(read({ model_type: 'mistral', sliding_window: null }).contextLength).toBe(64);
    expect(read({ model_type: 'qwen2', sliding_window: 16, use_sliding_window: false }).contextLength).toBe(64);
    expect(read({ model_type: 'qwen2', sliding_window: 16, use_sliding_window: true }).contextLength).toBe(16);
  });

  it.each([
    [
      'another model type',
      { model_type: 'gpt2' },
      '"model_type" is "gpt2"; it must be one of the supported types: llama, mistral, qwen2, qwen3',
    ],
    ['a type named like an object method', { model_type: 'toString' }, '"model_type" is "toString"'],
    ['a missing size', { hidden_size: undefined }, '"hidden_size" is missing; it must be a whole number from 1 to'],
    [
      'a huge number of layers',
      { num_hidden_layers: 1e9 },
      '"num_hidden_layers" is 1000000000; it must be a whole number from 1 to 1024',
    ],
    ['a size that is text', { vocab_size: '5' }, '"vocab_size" is "5"'],
    ['an epsilon of zero', { rms_norm_eps: 0 }, '"rms_norm_eps" is 0; it must be a finite number above 0'],
    [
      'heads that do not divide',
      { num_attention_heads: 3, num_key_value_heads: 2, head_dim: 4 },
      '3 query heads are not a multiple of 2 key/value heads',
    ],
    ['an odd head size', { head_dim: 3 }, 'a head size of 3 is not an even whole number'],
    ['hidden not a multiple of heads', { num_attention_heads: 3, num_key_value_heads: 1 }, '"head_dim" is 2.66'],
    ['another activation', { hidden_act: 'gelu' }, '"hidden_act" is "gelu"; it must be silu'],
    [
      'unknown rotary scaling',
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'rope_scaling: "rope_type" is "yarn"; it must be one of the supported kinds: default, linear, llama3',
    ],
    ['incomplete rotary scaling', { rope_scaling: { ...llama3, factor: undefined } }, '"factor" is missing'],
    ['rotary scaling that is a list', { rope_scaling: [1] }, '"rope_scaling" is a list; it must be an object or null'],
    [
      'a quantised checkpoint',
      { quantization_config: { bits: 4 } },
      '"quantization_config" is an object; it must be absent',
    ],
    ['partial rotary embeddings', { partial_rotary_factor: 0.5 }, '"partial_rotary_factor" is 0.5; it must be 1'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => read(changes)).toThrow(
      expect.objectContaining({ code: 'invalid_weights', message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses a configuration that is no object', () => {
    expect(() => readModelConfig('config.json', [])).toThrow('config.json: it is not a JSON object');
  });
});
