import { describe, expect, it } from 'vitest';
import { attendInput, blockInput } from '#gpu-worker/q-peft/hint-input.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { type InitialAdapterOptions, initialAdapter } from '#gpu-worker/training/adapter/initial-adapter.ts';
import { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 64;
const vocabulary = 12;
const normal = seededNormal(21);
const table = Float32Array.from({ length: vocabulary * width }, () => 0.3 * normal());
const embeddings = new EmbeddingTable({
  tensors: new Map([
    ['model.embed_tokens.weight', { name: 'model.embed_tokens.weight', shape: [vocabulary, width], storage: 'F32' }],
  ]),
  readRows: (_, from = 0, to = vocabulary) => table.slice(from * width, to * width),
  close: () => {},
});
const meanSquaredNorm = table.reduce((sum, value) => sum + value * value, 0) / vocabulary;
const tokens = { open: [1, 2], close: [3], query: [4, 5], document: [6, 5, 7, 4, 8] };

function optionsOf(method: 'retrieve' | 'attend' | 'soft-prompt', seed = 0): InitialAdapterOptions {
  return {
    config: {
      format: 'hintrank-adapter-1',
      method,
      k: 2,
      heads: 2,
      filters: 'd',
      residual: method !== 'soft-prompt',
      template: 'clean-1',
      hintLocation: 'suffix',
    },
    hiddenSize: width,
    seed,
    meanSquaredNorm,
    instruction: embeddings.gather([9, 10, 11]),
  };
}

const cosine = (left: Float32Array, right: Float32Array): number => {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
};

describe('an untrained adapter', () => {
  it('that retrieves writes the embeddings of the selected tokens themselves', async () => {
    const adapter = new TrainedAdapter(initialAdapter(optionsOf('retrieve')), embeddings);
    const module = await HintModule.open({ method: 'retrieve' }, width, embeddings);
    const input = blockInput(tokens, [6, 8]);
    expect(await module.forward(input, adapter)).toEqual(embeddings.gather([1, 2, 6, 8, 3]));
    await module.close();
  });

  it('that attends gives a query token that stands in the document its own embedding, nearly', async () => {
    const adapter = new TrainedAdapter(initialAdapter(optionsOf('attend')), embeddings);
    const module = await HintModule.open({ method: 'attend', heads: 2 }, width, embeddings);
    const input = attendInput(tokens, { filters: 'd', specialIds: new Set() }, null);
    const hints = await module.forward(input, adapter);
    await module.close();
    const row = (index: number) => hints.slice(index * width, (index + 1) * width);
    for (const [index, id] of tokens.query.entries()) {
      const hint = row(tokens.open.length + index);
      expect(cosine(hint, embeddings.row(id)), `token ${id}`).toBeGreaterThan(0.98);
      for (const other of tokens.document.filter((one) => one !== id)) {
        expect(cosine(hint, embeddings.row(other)), `token ${id} against ${other}`).toBeLessThan(0.6);
      }
    }
    expect(row(0)).toEqual(embeddings.row(1));
    expect(row(tokens.open.length + tokens.query.length)).toEqual(embeddings.row(3));
  });

  it('with a soft prompt starts as the instruction', () => {
    const { softPrompt, mlp, attention, embedding } = initialAdapter(optionsOf('soft-prompt'));
    expect(softPrompt).toEqual({ count: 3, values: embeddings.gather([9, 10, 11]) });
    expect([mlp, attention, embedding]).toEqual([null, null, null]);
  });

  it.each(['retrieve', 'attend', 'soft-prompt'] as const)(
    'of method %s is a valid file, the same for the same seed',
    (method) => {
      const file = writeAdapterFile(initialAdapter(optionsOf(method, 4)), { storage: 'fp32' });
      expect(parseAdapterFile(file).config.method).toBe(method);
      expect(writeAdapterFile(initialAdapter(optionsOf(method, 4)), { storage: 'fp32' })).toEqual(file);
    },
  );

  it('has a first layer that differs with the seed and lies within 1/√D', () => {
    const [first, second] = [1, 2].map((seed) => initialAdapter(optionsOf('retrieve', seed)).mlp?.firstWeight);
    expect(first).not.toEqual(second);
    const magnitudes = [...(first ?? [])].map(Math.abs);
    expect(Math.max(...magnitudes)).toBeLessThanOrEqual(1 / 8);
    expect(Math.max(...magnitudes)).toBeGreaterThan(0.12);
  });
});
