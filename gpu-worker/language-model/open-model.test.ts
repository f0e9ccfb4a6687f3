import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { floatTensor, smallConfig, smallTensors, writeSmallCheckpoint } from '#test/support/small-checkpoint.ts';
import { smallGguf } from '#test/support/small-gguf.ts';
import type { GgufEntry } from '#test/support/write-gguf.ts';

const root = mkdtempSync(join(tmpdir(), 'open-model-'));
afterAll(() => rmSync(root, { recursive: true }));

const fixtures = join(import.meta.dirname, '../../test/fixtures/golden');
let folders = 0;

function refusal(config: object, tensors = smallTensors): () => void {
  const folder = writeSmallCheckpoint(join(root, `refused-${folders++}`), config, tensors);
  return () => openModel(folder).close();
}

function byteTokenizer(tokens: readonly string[]): GgufEntry[] {
  return [
    { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
    { key: 'tokenizer.ggml.pre', type: 'string', value: 'smollm' },
    { key: 'tokenizer.ggml.tokens', type: 'strings', value: tokens },
    { key: 'tokenizer.ggml.token_type', type: 'int32s', value: tokens.map(() => 1) },
    { key: 'tokenizer.ggml.merges', type: 'strings', value: ['a b'] },
  ];
}

describe('openModel', () => {
  it('opens tiny-llama: an untied head, no tokenizer', () => {
    const model = openModel(join(fixtures, 'tiny-llama'));
    expect(model.config).toMatchObject({
      family: 'llama',
      layers: 2,
      hiddenSize: 48,
      queryHeads: 3,
      keyValueHeads: 1,
      headSize: 16,
      tiedHead: false,
      ropeTheta: 1e4,
    });
    expect(model.tokenizer).toBeNull();
    expect(model.source.readRows('lm_head.weight', 90, 96).length).toBe(6 * 48);
    expect(model.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    model.close();
  });

  it('opens tiny-qwen2: a tied head, biases, and heads that are not hidden over heads', () => {
    const model = openModel(join(fixtures, 'tiny-qwen2'));
    expect(model.config).toMatchObject({
      family: 'qwen2',
      hiddenSize: 40,
      queryHeads: 4,
      keyValueHeads: 2,
      headSize: 16,
      tiedHead: true,
      queryKeyValueBias: true,
      attentionOutputBias: false,
    });
    expect(model.source.tensors.get('model.layers.1.self_attn.k_proj.bias')?.shape).toEqual([32]);
    expect(model.source.readRows('model.layers.1.self_attn.q_proj.weight', 60).length).toBe(4 * 40);
    model.close();
  });

  it.each<[string, () => void, string]>([
    [
      'a missing tensor',
      refusal(smallConfig, smallTensors.slice(1)),
      'tensor "model.embed_tokens.weight" [5, 8] is missing',
    ],
    [
      'an untied head without lm_head',
      refusal({ ...smallConfig, tie_word_embeddings: false }),
      'tensor "lm_head.weight" [5, 8] is missing, although the configuration says that the head is not tied',
    ],
    [
      'a tensor of another shape',
      refusal({ ...smallConfig, vocab_size: 6 }),
      'tensor "model.embed_tokens.weight": its shape is [5, 8], but the configuration calls for [6, 8]',
    ],
    [
      'a bias that the configuration does not mention',
      refusal(smallConfig, [...smallTensors, floatTensor('model.layers.0.self_attn.q_proj.bias', [8])]),
      'q_proj.bias": it is not part of a llama model with this configuration',
    ],
    [
      'a model type that is not supported',
      refusal({ ...smallConfig, model_type: 'gemma2' }),
      'it must be one of the supported types: llama, mistral, qwen2, qwen3',
    ],
  ])('refuses %s', (_, open, message) => {
    expect(open).toThrow(
      expect.objectContaining({ code: 'invalid_weights', message: expect.stringContaining(message) as string }),
    );
  });

  it('takes tensors that the configuration implies', () => {
    const implied = [
      floatTensor('lm_head.weight', [5, 8]),
      floatTensor('model.layers.0.self_attn.rotary_emb.inv_freq', [2]),
    ];
    const folder = writeSmallCheckpoint(join(root, 'implied'), smallConfig, [...smallTensors, ...implied]);
    expect(openModel(folder).config.tiedHead).toBe(true);
  });

  it('opens a GGUF with the tokenizer of its metadata', () => {
    const path = join(root, 'whole.gguf');
    writeFileSync(path, smallGguf(byteTokenizer(['a', 'b', 'ab'])));
    const model = openModel(path);
    expect(model.tokenizer?.encode('abba')).toEqual([2, 1, 0]);
    expect(model.source.tensors.get('model.embed_tokens.weight')?.shape).toEqual([3, 32]);
    model.close();
  });

  it('refuses a tokenizer with more tokens than there are embeddings', () => {
    const path = join(root, 'large-vocabulary.gguf');
    writeFileSync(path, smallGguf(byteTokenizer(['a', 'b', 'ab', 'c'])));
    expect(() => openModel(path)).toThrow('its tokenizer has 4 tokens, but there are embeddings for 3');
  });

  it('refuses a tokenizer.json that is not JSON', () => {
    const folder = writeSmallCheckpoint(join(root, 'tokenizer'));
    writeFileSync(join(folder, 'tokenizer.json'), '{"model":');
    expect(() => openModel(folder)).toThrow('tokenizer.json: it is not UTF-8 JSON');
  });

  it('says that there is no model, or that the file is no model', () => {
    expect(() => openModel(join(root, 'nothing'))).toThrow(
      expect.objectContaining({ code: 'model_not_found', message: `There is no model at "${join(root, 'nothing')}".` }),
    );
    const empty = join(root, 'empty.gguf');
    writeFileSync(empty, '');
    expect(() => openModel(empty)).toThrow(`${empty}: magic, byte 0: 4 bytes are needed, but the file ends at byte 0`);
    const cut = join(root, 'cut.gguf');
    writeFileSync(cut, smallGguf().subarray(0, 3_000));
    expect(() => openModel(cut)).toThrow(expect.objectContaining({ code: 'invalid_weights' }));
  });
});
