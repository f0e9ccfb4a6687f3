import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const heads = 2;
const hints = 10;

/** Files of adapters that fit any model of this width: R and A in turns, each with random weights of its own. They rank nothing well, and cost what trained ones cost. */
export function randomAdapters(hiddenSize: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const normal = seededNormal(index + 1);
    const random = (length: number) => Float32Array.from({ length }, () => normal() / Math.sqrt(hiddenSize));
    const square = hiddenSize ** 2;
    const method = index % 2 === 0 ? 'retrieve' : 'attend';
    const adapter: AdapterFile = {
      config: {
        format: 'hintrank-adapter-1',
        method,
        k: hints,
        heads,
        filters: 'd',
        residual: true,
        template: 'clean-1',
        hintLocation: 'suffix',
      },
      hiddenSize,
      embedding: { kind: 'rows', rows: new Int32Array(0), values: new Float32Array(0) },
      mlp: {
        firstWeight: random(square),
        firstBias: random(hiddenSize),
        secondWeight: random(square),
        secondBias: random(hiddenSize),
      },
      attention:
        method === 'retrieve'
          ? null
          : {
              inProjectionWeight: random(3 * square),
              inProjectionBias: random(3 * hiddenSize),
              outProjectionWeight: random(square),
              outProjectionBias: random(hiddenSize),
            },
      softPrompt: null,
    };
    return writeAdapterFile(adapter, { storage: 'fp16' });
  });
}
