import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertToFp32 } from '#gpu-worker/language-model/convert-to-fp32.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { writeRandomCheckpoint } from '#test/support/random-checkpoint.ts';

describe('converting to fp32', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hintrank-fp32-'));
  const fractions: number[] = [];
  let model: FrozenModel;
  let manifest: WeightManifest;
  let file: Buffer;

  beforeAll(() => {
    model = openModel(writeRandomCheckpoint(join(folder, 'model'), { attention_bias: true }));
    const path = join(folder, 'weights.bin');
    manifest = convertToFp32(model.config, model.source, path, 'weights.bin', (fraction) => fractions.push(fraction));
    file = readFileSync(path);
  });
  afterAll(() => {
    model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stored = (name: string): Float32Array => {
    const { offset = 0, length = 0 } = manifest.tensors[name] ?? {};
    return new Float32Array(new Uint8Array(file.subarray(offset, offset + length)).buffer);
  };
  const original = (name: string) => [...model.source.readRows(name)];

  it('stacks query, key and value in this order, weights and biases alike', () => {
    const { shape } = manifest.tensors['model.layers.1.attention.query_key_value.weight'] ?? {};
    expect(shape).toEqual([48 + 16 + 16, 48]);
    for (const part of ['weight', 'bias']) {
      const parts = ['q', 'k', 'v'].flatMap((name) => original(`model.layers.1.self_attn.${name}_proj.${part}`));
      expect([...stored(`model.layers.1.attention.query_key_value.${part}`)]).toEqual(parts);
    }
  });

  it('keeps every other tensor bit for bit', () => {
    for (const [name, source] of [
      ['model.layers.0.attention_norm', 'model.layers.0.input_layernorm'],
      ['model.layers.0.feed_forward_norm', 'model.layers.0.post_attention_layernorm'],
      ['model.layers.1.attention.output', 'model.layers.1.self_attn.o_proj'],
      ['model.layers.1.feed_forward.gate', 'model.layers.1.mlp.gate_proj'],
      ['model.layers.1.feed_forward.up', 'model.layers.1.mlp.up_proj'],
      ['model.layers.1.feed_forward.down', 'model.layers.1.mlp.down_proj'],
      ['model.final_norm', 'model.norm'],
      ['model.head', 'lm_head'],
    ]) {
      expect([...stored(`${name}.weight`)], name).toEqual(original(`${source}.weight`));
    }
  });

  it('reports progress up to 1', () => {
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });
});
