import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { refusePickle } from '#gpu-worker/adapter-import/refuse-pickle.ts';
import { type CheckpointSource, checkpointSource } from '#gpu-worker/weights/checkpoint-source.ts';
import { openSafetensorsFile } from '#gpu-worker/weights/open-safetensors-file.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A foreign checkpoint, open for reading. */
export interface ImportSource {
  /** The safetensors file. */
  readonly path: string;
  readonly tensors: CheckpointSource;
  /** PEFT's adapter_config.json beside the file; null where there is none. */
  readonly peftConfigPath: string | null;
}

/** The name that PEFT gives an adapter's weights. */
const peftWeightsName = 'adapter_model.safetensors';

/**
 * Opens a checkpoint: a safetensors file, or a folder with `adapter_model.safetensors` or one safetensors file of another name.
 * @throws ServiceError `invalid_adapter` for a pickle, a folder without or with several candidates, and a broken file
 */
export function openImportSource(path: string): ImportSource {
  const file = statSync(path).isDirectory() ? findFile(path) : path;
  refusePickle(file);
  const peftConfigPath = join(dirname(file), 'adapter_config.json');
  return {
    path: file,
    tensors: open(file),
    peftConfigPath: existsSync(peftConfigPath) ? peftConfigPath : null,
  };
}

function findFile(folder: string): string {
  const names = readdirSync(folder).sort();
  if (names.includes(peftWeightsName)) return join(folder, peftWeightsName);
  const candidates = names.filter((name) => name.endsWith('.safetensors'));
  const [first] = candidates;
  if (candidates.length > 1) {
    throw adapterError(`the folder holds ${candidates.length} safetensors files; name one: ${candidates.join(', ')}`);
  }
  if (first !== undefined) return join(folder, first);
  for (const name of names) if (statSync(join(folder, name)).isFile()) refusePickle(join(folder, name));
  throw adapterError(`the folder holds no safetensors file; ${peftWeightsName} or one other is needed`);
}

function open(file: string): CheckpointSource {
  try {
    return checkpointSource(file, [openSafetensorsFile(file)]);
  } catch (error) {
    // Weights of a model and of an adapter are read alike; the refusal is about the adapter.
    if (error instanceof ServiceError) throw adapterError(error.message, error);
    throw error;
  }
}
