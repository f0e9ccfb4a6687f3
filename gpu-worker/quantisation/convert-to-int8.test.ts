import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { StoredTensor, WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { convertToInt8 } from '#gpu-worker/quantisation/convert-to-int8.ts';
import { OrthogonalRotation } from '#gpu-worker/quantisation/orthogonal-rotation.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { writeRandomCheckpoint } from '#test/support/random-checkpoint.ts';

describe('converting to int8', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hintrank-int8-'));
  const read = new Map<string, Float32Array>();
  let model: FrozenModel;
  let manifest: WeightManifest;
  let file: Buffer;

  /** Hands out views of memory of its own, as a memory-mapped reader would. */
  function viewingSource(source: TensorSource): TensorSource {
    const whole = (name: string) => {
      const values = read.get(name) ?? source.readRows(name);
      read.set(name, values);
      return values;
    };
    return {
      ...source,
      readRows(name, start = 0, end) {
        const [rows = 1] = source.tensors.get(name)?.shape ?? [];
        const values = whole(name);
        const columns = values.length / rows;
        return values.subarray(start * columns, (end ?? rows) * columns);
      },
    };
  }

  beforeAll(() => {
    const changes = { model_type: 'qwen3', attention_bias: true, vocab_size: 1_100 };
    model = openModel(writeRandomCheckpoint(join(folder, 'model'), changes));
    const path = join(folder, 'weights.bin');
    manifest = convertToInt8(model.config, viewingSource(model.source), path, 'weights.bin');
    file = readFileSync(path);
  });
  afterAll(() => {
    model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const bytesOf = ({ offset, length }: StoredTensor) => new Uint8Array(file.subarray(offset, offset + length)).buffer;
  function stored(name: string): StoredTensor {
    const tensor = manifest.tensors[name];
    if (tensor === undefined) throw new Error(`no tensor "${name}" was written`);
    return tensor;
  }
  const floats = (name: string) => new Float32Array(bytesOf(stored(name)));

  it('stores linear layers [in, out] with a scale per output, and nothing else in int8', () => {
    expect(stored('model.layers.0.attention.query_key_value.weight')).toMatchObject({ type: 'int8', shape: [48, 80] });
    expect(stored('model.layers.0.attention.query_key_value.scale')).toMatchObject({ type: 'float32', shape: [80] });
    expect(stored('model.layers.0.attention.query_key_value.bias')).toMatchObject({ type: 'float32', shape: [80] });
    expect(stored('model.layers.1.feed_forward.down.weight')).toMatchObject({ type: 'int8', shape: [72, 48] });
    const int8 = Object.entries(manifest.tensors).filter(([, { type }]) => type === 'int8');
    expect(int8.map(([name]) => name).filter((name) => !name.endsWith('.weight'))).toEqual([]);
    expect(int8).toHaveLength(2 * 5 + 1);
  });

  it('folds the norms of the residual stream into the layers behind them, and keeps those of heads', () => {
    for (const name of ['model.layers.1.attention_norm', 'model.layers.0.feed_forward_norm', 'model.final_norm']) {
      expect(floats(`${name}.weight`)).toEqual(new Float32Array(48).fill(1));
    }
    const kept = floats('model.layers.1.attention.query_norm.weight');
    expect(kept).toEqual(model.source.readRows('model.layers.1.self_attn.q_norm.weight'));
  });

  it('quantises the input of down in two terms, for which no rotation can be folded in front', () => {
    expect(manifest.twoTermInputs).toEqual([0, 1].map((layer) => `model.layers.${layer}.feed_forward.down`));
  });

  it('stores a head of more rows than are read at a time: W · diag(g) · R within half a step', () => {
    const weights = model.source.readRows('lm_head.weight');
    const norm = model.source.readRows('model.norm.weight');
    const rotation = new OrthogonalRotation(48);
    const quantised = new Int8Array(bytesOf(stored('model.head.weight')));
    const scale = floats('model.head.scale');
    expect(scale).toHaveLength(1_100);
    for (let output = 0; output < 1_100; output += 1) {
      const row = Float32Array.from(norm, (weight, n) => weight * (weights[output * 48 + n] ?? 0));
      rotation.apply(row, 0);
      const step = scale[output] ?? 0;
      const errors = row.map((value, n) => Math.abs(value - (quantised[n * 1_100 + output] ?? 0) * step));
      expect(Math.max(...errors), `row ${output}`).toBeLessThanOrEqual(step * 0.5001);
    }
  });

  it('changes nothing in the memory of the reader', () => {
    for (const [name, values] of read) expect(values, name).toEqual(model.source.readRows(name));
    expect(read.size).toBeGreaterThan(20);
  });
});
