import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertToFp16, convertToFp32 } from '#gpu-worker/language-model/convert-to-float.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { decodeHalfFloats, floatToHalf, halfToFloat } from '#shared/safetensors/half-float.ts';
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

describe('converting to fp16', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hintrank-fp16-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('rounds linear layers and their biases to the nearest half, and leaves norms as they are', () => {
    const model = openModel(writeRandomCheckpoint(join(folder, 'model'), { attention_bias: true }));
    const path = join(folder, 'weights.bin');
    const manifest = convertToFp16(model.config, model.source, path, 'weights.bin');
    const file = readFileSync(path);
    expect(manifest.precision).toBe('fp16');
    for (const [name, source, type] of [
      ['model.head.weight', 'lm_head.weight', 'float16'],
      ['model.layers.1.attention.output.bias', 'model.layers.1.self_attn.o_proj.bias', 'float16'],
      ['model.final_norm.weight', 'model.norm.weight', 'float32'],
    ] as const) {
      const tensor = manifest.tensors[name];
      expect(tensor?.type, name).toBe(type);
      const bytes = new Uint8Array(file.subarray(tensor?.offset, (tensor?.offset ?? 0) + (tensor?.length ?? 0)));
      const original = model.source.readRows(source);
      const expected = type === 'float16' ? original.map((value) => halfToFloat(floatToHalf(value))) : original;
      expect(type === 'float16' ? decodeHalfFloats(bytes) : new Float32Array(bytes.buffer), name).toEqual(expected);
    }
    model.close();
  });

  it('names a tensor that float16 cannot hold', () => {
    const model = openModel(writeRandomCheckpoint(join(folder, 'large')));
    const source = {
      ...model.source,
      readRows: (name: string, start?: number, end?: number) => {
        const rows = model.source.readRows(name, start, end);
        return name === 'lm_head.weight' ? rows.fill(65_520) : rows;
      },
    };
    expect(() => convertToFp16(model.config, source, join(folder, 'too-large.bin'), 'weights.bin')).toThrow(
      'tensor "lm_head.weight": it has values beyond the 65504 of float16',
    );
    model.close();
  });
});
