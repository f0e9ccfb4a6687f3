import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';

/** Hidden size of the default model. */
const hiddenSize = 576;

/** An adapter file that fits the default model; another seed is another file with other scores. 1.3 MB, and 1.2 KB more for each changed row. */
export function modelAdapter(seed: number, changedRows = 2): Uint8Array<ArrayBuffer> {
  const normal = seededNormal(seed);
  const values = Float32Array.from({ length: changedRows * hiddenSize }, () => normal() / 10);
  const rows = Int32Array.from({ length: changedRows }, (_, index) => 100 + index);
  const embedding = { kind: 'rows', rows, values } as const;
  const adapter = smallRetrieveAdapter(hiddenSize, embedding);
  adapter.mlp?.secondBias.fill((seed % 97) / 50);
  return new Uint8Array(writeAdapterFile(adapter, { storage: 'fp16' }));
}
