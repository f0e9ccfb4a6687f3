import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';

/** Hidden size of the default model. */
const hiddenSize = 576;

/** An adapter file that fits the default model; another seed is another file with other scores. */
export function modelAdapter(seed: number): Uint8Array<ArrayBuffer> {
  const normal = seededNormal(seed);
  const values = Float32Array.from({ length: 2 * hiddenSize }, () => normal() / 10);
  const embedding = { kind: 'rows', rows: Int32Array.of(5, 100 + seed), values } as const;
  const adapter = smallRetrieveAdapter(hiddenSize, embedding);
  adapter.mlp?.secondBias.fill(seed / 50);
  return new Uint8Array(writeAdapterFile(adapter, { storage: 'fp16' }));
}
