import { ServiceError } from '#shared/errors/service-error.ts';

export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hex, of a large file; null for small ones, which the hub only gives a git digest. */
  readonly sha256: string | null;
}

const singleWeights = 'model.safetensors';
const shardIndex = 'model.safetensors.index.json';
const shard = /^model-\d+-of-\d+\.safetensors$/;

/**
 * The files of a repository that a checkpoint needs: one GGUF, or configuration, tokenizer (where there is one) and safetensors weights
 * (never pickles).
 * @throws ServiceError `model_not_found` naming what is missing, and the GGUF files that could be named instead
 */
export function selectHubFiles(repository: string, files: readonly HubFile[], wanted: string | null): HubFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (wanted !== null) {
    const file = byPath.get(wanted);
    if (file) return [file];
    throw missing(repository, wanted, files);
  }
  if (!byPath.has('config.json')) throw missing(repository, 'config.json', files);
  const weights = byPath.has(singleWeights)
    ? [singleWeights]
    : [shardIndex, ...files.map(({ path }) => path).filter((path) => shard.test(path))];
  if (weights[0] === shardIndex && !byPath.has(shardIndex)) throw missing(repository, singleWeights, files);
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', ...weights];
  return names.flatMap((name) => byPath.get(name) ?? []);
}

function missing(repository: string, path: string, files: readonly HubFile[]): ServiceError {
  const ggufs = files.map((file) => file.path).filter((name) => name.endsWith('.gguf'));
  const others =
    ggufs.length > 0
      ? `; it has ${ggufs
          .slice(0, 5)
          .map((name) => `${repository}:${name}`)
          .join(', ')}`
      : '';
  return new ServiceError('model_not_found', `The hub repository ${repository} has no ${path}${others}.`);
}
