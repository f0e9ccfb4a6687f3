import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { openGgufModel } from '#gpu-worker/language-model/open-gguf-model.ts';
import type { OpenedCheckpoint } from '#gpu-worker/language-model/opened-checkpoint.ts';
import { rotaryFrequencies } from '#gpu-worker/language-model/rotary-table.ts';
import { countingTensor, smallGguf, smallGgufShapes } from '#test/support/small-gguf.ts';
import type { GgufEntry, GgufTensorToWrite } from '#test/support/write-gguf.ts';
import { writeGguf } from '#test/support/write-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'open-gguf-model-'));
const opened: OpenedCheckpoint[] = [];
afterAll(() => {
  for (const checkpoint of opened) checkpoint.stored.close();
  rmSync(folder, { recursive: true });
});

let files = 0;
function openBytes(bytes: Uint8Array): OpenedCheckpoint {
  const path = join(folder, `${files++}.gguf`);
  writeFileSync(path, bytes);
  const checkpoint = openGgufModel(path);
  opened.push(checkpoint);
  return checkpoint;
}

function open(metadata: readonly GgufEntry[] = [], tensors: readonly GgufTensorToWrite[] = []): OpenedCheckpoint {
  return openBytes(smallGguf(metadata, tensors));
}

/** Metadata of the same sizes under another architecture's prefix. */
function architecture(name: string): GgufEntry[] {
  const size = (key: string, value: number) => ({ key: `${name}.${key}`, type: 'uint32', value }) as const;
  return [
    { key: 'general.architecture', type: 'string', value: name },
    size('block_count', 1),
    size('context_length', 128),
    size('embedding_length', 32),
    size('feed_forward_length', 64),
    size('attention.head_count', 2),
    size('attention.head_count_kv', 1),
    { key: `${name}.attention.layer_norm_rms_epsilon`, type: 'float32', value: 1e-6 },
  ];
}

/** Divisors that the converter stores for Llama 3 scaling by 8 of heads of 16. */
function llama3Divisors(): number[] {
  const base: Pick<ModelConfig, 'headSize' | 'ropeTheta'> = { headSize: 16, ropeTheta: 10_000 };
  const ropeScaling = {
    kind: 'llama3',
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContextLength: 8192,
  } as const;
  const scaled = rotaryFrequencies({ ...base, ropeScaling });
  return [...rotaryFrequencies({ ...base, ropeScaling: null })].map((plain, pair) => plain / (scaled[pair] ?? 0));
}

function divisorTensor(divisors: readonly number[]): GgufTensorToWrite {
  return {
    name: 'rope_freqs.weight',
    shape: [divisors.length],
    type: 0,
    data: new Uint8Array(Float32Array.from(divisors).buffer),
  };
}

describe('openGgufModel', () => {
  it('reads the configuration off metadata and tensors', () => {
    expect(open().config).toEqual({
      family: 'llama',
      layers: 1,
      hiddenSize: 32,
      queryHeads: 2,
      keyValueHeads: 1,
      headSize: 16,
      feedForwardSize: 64,
      vocabularySize: 3,
      contextLength: 128,
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

  it('gives query and key rows and biases of the llama architecture in split-halves order, and leaves the others', () => {
    const biases = [
      countingTensor('blk.0.attn_q.bias', [32]),
      countingTensor('blk.0.attn_k.bias', [16]),
      countingTensor('blk.0.attn_v.bias', [16]),
    ];
    const { source, config } = open([], biases);
    expect(config.queryKeyValueBias).toBe(true);
    const evenThenOdd = [0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15];
    expect([...source.readRows('model.layers.0.self_attn.k_proj.bias')]).toEqual(evenThenOdd);
    expect([...source.readRows('model.layers.0.self_attn.q_proj.bias')]).toEqual([
      ...evenThenOdd,
      ...evenThenOdd.map((row) => row + 16),
    ]);
    expect([...source.readRows('model.layers.0.self_attn.v_proj.bias', 0, 3)]).toEqual([0, 1, 2]);
    const firstColumn = [...source.readRows('model.layers.0.self_attn.q_proj.weight')]
      .filter((_, index) => index % 32 === 0)
      .map((value) => value / 32);
    expect(firstColumn).toEqual([...evenThenOdd, ...evenThenOdd.map((row) => row + 16)]);
    expect(source.readRows('model.layers.0.self_attn.q_proj.weight', 17, 18)[0]).toBe(18 * 32);
  });

  it('leaves the rows of qwen2 as they are, and needs its biases', () => {
    const biases = [
      countingTensor('blk.0.attn_q.bias', [32]),
      countingTensor('blk.0.attn_k.bias', [16]),
      countingTensor('blk.0.attn_v.bias', [16]),
    ];
    const { source, config } = open(architecture('qwen2'), biases);
    expect(config).toMatchObject({ family: 'qwen2', queryKeyValueBias: true, rmsEpsilon: 1e-6 });
    expect([...source.readRows('model.layers.0.self_attn.k_proj.bias')]).toEqual(
      Array.from({ length: 16 }, (_, index) => index),
    );
    expect(() => open(architecture('qwen2'))).toThrow('tensor "model.layers.0.self_attn.q_proj.bias" [32] is missing');
  });

  it('reads the head norms of qwen3', () => {
    const norms = [countingTensor('blk.0.attn_q_norm.weight', [16]), countingTensor('blk.0.attn_k_norm.weight', [16])];
    const { source, config } = open(architecture('qwen3'), norms);
    expect(config).toMatchObject({ family: 'qwen3', queryKeyNorm: true, queryKeyValueBias: false });
    expect(source.tensors.get('model.layers.0.self_attn.q_norm.weight')?.shape).toEqual([16]);
  });

  it('takes a head of its own where there is one', () => {
    expect(open([], [countingTensor('output.weight', [3, 32])]).config.tiedHead).toBe(false);
  });

  it('reads linear and Llama 3 rotary scaling', () => {
    const linear: GgufEntry[] = [
      { key: 'llama.rope.scaling.type', type: 'string', value: 'linear' },
      { key: 'llama.rope.scaling.factor', type: 'float32', value: 4 },
    ];
    expect(open(linear).config.ropeScaling).toEqual({ kind: 'linear', factor: 4 });
    const divisors = llama3Divisors();
    expect(divisors[0]).toBe(1);
    expect(divisors.at(-1)).toBe(8);
    expect(open([], [divisorTensor(divisors)]).config.ropeScaling).toEqual({
      kind: 'llama3',
      factor: 8,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalContextLength: 8192,
    });
    expect(open([], [divisorTensor(divisors.map(() => 1))]).config.ropeScaling).toBeNull();
  });

  it('refuses rotary divisors that Llama 3 scaling does not give', () => {
    expect(() => open([], [divisorTensor(llama3Divisors().map((divisor) => divisor + 1))])).toThrow(
      'divisor 0 is 2, but Llama 3 scaling by 9 gives 1',
    );
    expect(() => open([], [divisorTensor(llama3Divisors().map(() => Number.NaN))])).toThrow('divisor 0 is NaN');
    expect(() => open([], [divisorTensor([1, 1])])).toThrow('its shape is [2], but heads of 16 need [8]');
  });

  it.each<[string, readonly GgufEntry[], string]>([
    [
      'another architecture',
      architecture('gemma'),
      '"general.architecture" is "gemma"; it must be one of the supported architectures: llama, qwen2, qwen3',
    ],
    ['a part of a split model', [{ key: 'split.count', type: 'uint32', value: 3 }], '"split.count" is 3; it must be 1'],
    [
      'a mixture of experts',
      [{ key: 'llama.expert_count', type: 'uint32', value: 8 }],
      '"expert_count" is 8; it must be 0',
    ],
    [
      'yarn scaling',
      [{ key: 'llama.rope.scaling.type', type: 'string', value: 'yarn' }],
      '"rope.scaling.type" is "yarn"',
    ],
    [
      'partial rotary embeddings',
      [{ key: 'llama.rope.dimension_count', type: 'uint32', value: 8 }],
      '"rope.dimension_count" is 8; it must be the head size, 16',
    ],
    [
      'key heads per layer',
      [{ key: 'llama.attention.head_count_kv', type: 'int32s', value: [1] }],
      '"attention.head_count_kv" is a list',
    ],
    [
      'a feed-forward size that the tensors do not have',
      [{ key: 'llama.feed_forward_length', type: 'uint32', value: 96 }],
      'mlp.gate_proj.weight": its shape is [64, 32], but the configuration calls for [96, 32]',
    ],
    [
      'more layers than there are',
      [{ key: 'llama.block_count', type: 'uint32', value: 2 }],
      'tensor "model.layers.1.input_layernorm.weight" [32] is missing',
    ],
  ])('refuses %s', (_, metadata, message) => {
    expect(() => open(metadata)).toThrow(
      expect.objectContaining({ code: 'invalid_weights', message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses tensors that the model would not use', () => {
    expect(() => open([], [countingTensor('blk.0.ffn_gate_exps.weight', [2])])).toThrow(
      'tensor "blk.0.ffn_gate_exps.weight", byte',
    );
    expect(() => open([], [countingTensor('blk.0.ffn_up.bias', [64])])).toThrow(
      'tensor "model.layers.0.mlp.up_proj.bias": it is not part of a llama model with this configuration',
    );
    const [, ...others] = smallGgufShapes;
    const metadata: GgufEntry[] = architecture('llama');
    expect(() =>
      openBytes(writeGguf({ metadata, tensors: others.map(([name, shape]) => countingTensor(name, shape)) })),
    ).toThrow('tensor "token_embd.weight" is missing');
  });
});
