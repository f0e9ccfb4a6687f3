import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

/** Adapters of the default model, half of them of either kind: those of the golden files, each with another bias, so that each is a file of its own. */
export function benchmarkAdapters(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 2 === 0 ? 'R' : 'A';
    const adapter = parseAdapterFile(
      new Uint8Array(readFileSync(join(goldenFolder, `smollm2/adapter_${kind}.safetensors`))),
    );
    const { mlp } = adapter;
    if (mlp === null) throw new Error(`the golden adapter ${kind} has no feed-forward tensors`);
    const secondBias = mlp.secondBias.map((value) => value + index * 1e-4);
    return writeAdapterFile({ ...adapter, mlp: { ...mlp, secondBias } }, { storage: 'fp32' });
  });
}
