import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { readProcessor } from '#gpu-worker/engine/read-processor.ts';
import { runGraphPacking } from '#gpu-worker/engine/run-graph-packing.ts';
import { runtimeVersion } from '#gpu-worker/engine/runtime-version.ts';
import { moveIntoPlace } from '#gpu-worker/files/move-into-place.ts';
import { sweepAbandoned } from '#gpu-worker/files/sweep-abandoned.ts';
import type { PreparationProgress, PreparedModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { markUsed, sweepUnused } from '#gpu-worker/scoring/prepared-model/sweep-unused.ts';
import type { GraphFiles } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';

const packedPrefix = 'packed-';
const temporaryPrefix = 'packing-';
const prefixFile = 'prefix.onnx';
const suffixFile = 'suffix.onnx';

/** Packed weights of other graphs, runtimes and processors that no start has used for so long are removed when new ones are made: two versions may run side by side while one replaces the other. */
const keptUnusedDays = 1;

/**
 * The prepared model with weights that are packed for this machine's kernels, once per (graphs, runtime, processor), in its folder: sessions map them, and the
 * process has one copy however many threads it has. Takes 3.5 times the size of the weights on disk, and for that time, in other processes, the memory of one session.
 * Where the folder cannot be written, the model as it is: each session then packs for itself.
 */
export async function packWeights(prepared: PreparedModel, onProgress: PreparationProgress): Promise<PreparedModel> {
  const folder = join(prepared.folder, `${packedPrefix}${machineDigest(prepared.graphs)}`);
  if (!existsSync(join(folder, suffixFile))) {
    const temporary = makeTemporary(prepared.folder);
    if (temporary === null) return prepared;
    try {
      sweepAbandoned(prepared.folder, (name) => name.startsWith(temporaryPrefix));
      sweepUnused(prepared.folder, (name) => name.startsWith(packedPrefix), keptUnusedDays);
      onProgress('pack the weights', 0);
      await runGraphPacking(prepared.graphs.prefixPath, join(temporary, prefixFile));
      onProgress('pack the weights', 0.5);
      await runGraphPacking(prepared.graphs.suffixPath, join(temporary, suffixFile));
      onProgress('pack the weights', 1);
      moveIntoPlace(temporary, folder, suffixFile);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  markUsed(folder);
  const packed = { prefixPath: join(folder, prefixFile), suffixPath: join(folder, suffixFile) };
  return { ...prepared, graphs: { ...prepared.graphs, packed } };
}

/** Null where nothing can be written. */
function makeTemporary(folder: string): string | null {
  try {
    return mkdtempSync(join(folder, temporaryPrefix));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return null;
    throw error;
  }
}

/** All that decides the order in which kernels want weights. The files' names are digests of the graphs. */
function machineDigest({ prefixPath, suffixPath }: GraphFiles): string {
  const { architecture, flags } = readProcessor();
  const processor = [architecture, cpus()[0]?.model ?? '', [...(flags ?? [])].toSorted()];
  const parts = [basename(prefixPath), basename(suffixPath), runtimeVersion(), processor];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
