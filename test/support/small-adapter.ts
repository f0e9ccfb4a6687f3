import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import type { AdapterEmbedding, AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

/** A retrieving adapter with random feed-forward weights; by default its table E' is the frozen one. */
export function smallRetrieveAdapter(
  hiddenSize: number,
  embedding: AdapterEmbedding = { kind: 'rows', rows: new Int32Array(0), values: new Float32Array(0) },
  changes: Partial<AdapterConfig> = {},
): AdapterFile {
  const normal = seededNormal(3);
  const random = (length: number) => Float32Array.from({ length }, () => normal() / Math.sqrt(hiddenSize));
  return {
    config: {
      format: 'hintrank-adapter-1',
      method: 'retrieve',
      k: 3,
      heads: 1,
      filters: 'd',
      residual: true,
      template: 'clean-1',
      hintLocation: 'suffix',
      ...changes,
    },
    hiddenSize,
    embedding,
    mlp: {
      firstWeight: random(hiddenSize ** 2),
      firstBias: random(hiddenSize),
      secondWeight: random(hiddenSize ** 2),
      secondBias: random(hiddenSize),
    },
    attention: null,
    softPrompt: null,
  };
}
