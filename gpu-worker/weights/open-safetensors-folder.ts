import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckpointSource, checkpointSource, type WeightsFile } from '#gpu-worker/weights/checkpoint-source.ts';
import { openSafetensorsFile } from '#gpu-worker/weights/open-safetensors-file.ts';
import { readShardIndex } from '#gpu-worker/weights/read-shard-index.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

const singleFileName = 'model.safetensors';
const indexFileName = 'model.safetensors.index.json';

/**
 * Opens the weights of a Hugging Face folder: `model.safetensors`, or the shards of `model.safetensors.index.json`. Every tensor must be
 * in the shard that the index names, and a shard holds nothing else.
 * @throws ServiceError `invalid_weights` naming the shard or tensor at fault
 */
export function openSafetensorsFolder(folder: string): CheckpointSource {
  const single = join(folder, singleFileName);
  if (existsSync(single)) return checkpointSource(folder, [openSafetensorsFile(single)]);
  const index = join(folder, indexFileName);
  if (!existsSync(index)) throw weightsFault(folder, null, `it has neither ${singleFileName} nor ${indexFileName}`);
  const shards = readShardIndex(index);
  const opened: WeightsFile[] = [];
  try {
    for (const [shard, names] of shards) {
      const path = join(folder, shard);
      if (!existsSync(path)) throw weightsFault(index, null, `the shard "${shard}" that it names is missing`);
      const file = openSafetensorsFile(path);
      opened.push(file);
      checkShard(file, shard, names);
    }
    return checkpointSource(folder, opened);
  } catch (error) {
    for (const file of opened) file.bytes.close();
    throw error;
  }
}

function checkShard(file: WeightsFile, shard: string, names: ReadonlySet<string>): void {
  for (const name of names) {
    if (!file.tensors.has(name))
      throw weightsFault(
        `${file.bytes.label}: tensor "${name}"`,
        null,
        `the index says that it is in "${shard}", but it is not`,
      );
  }
  for (const [name, tensor] of file.tensors) {
    if (!names.has(name))
      throw weightsFault(
        `${file.bytes.label}: tensor "${name}"`,
        tensor.begin,
        `the index does not say that it is in "${shard}"`,
      );
  }
}
