import { readJsonFile } from '#gpu-worker/weights/read-json-file.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Shards of one checkpoint; each is a file that stays open. */
const shardsMax = 1_024;
/** A plain file name: no folder, no parent, nothing hidden. */
const shardNamePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\.safetensors$/;

/**
 * The `weight_map` of a `model.safetensors.index.json`: shard file name → names of the tensors it must hold.
 * @throws ServiceError `invalid_weights` naming the tensor and a shard name that is not a plain file name
 */
export function readShardIndex(path: string): Map<string, Set<string>> {
  const index = readJsonFile(path);
  const weightMap = typeof index === 'object' && index !== null && 'weight_map' in index ? index.weight_map : undefined;
  if (typeof weightMap !== 'object' || weightMap === null || Array.isArray(weightMap)) {
    throw weightsFault(path, null, '"weight_map" is not an object');
  }
  const shards = new Map<string, Set<string>>();
  for (const [name, shard] of Object.entries(weightMap)) {
    if (typeof shard !== 'string' || !shardNamePattern.test(shard)) {
      throw weightsFault(
        `${path}: tensor "${name}"`,
        null,
        `its shard ${JSON.stringify(shard)?.slice(0, 100)} is not a plain file name ending in .safetensors`,
      );
    }
    const names = shards.get(shard) ?? new Set<string>();
    names.add(name);
    shards.set(shard, names);
    if (shards.size > shardsMax)
      throw weightsFault(path, null, `it names more than the maximum of ${shardsMax} shards`);
  }
  return shards;
}
