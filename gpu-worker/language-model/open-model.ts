import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintModel } from '#gpu-worker/language-model/fingerprint-model.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openGgufModel } from '#gpu-worker/language-model/open-gguf-model.ts';
import { openModelFolder } from '#gpu-worker/language-model/open-model-folder.ts';
import type { OpenedCheckpoint } from '#gpu-worker/language-model/opened-checkpoint.ts';
import { tokenizerFromGguf, tokenizerFromJson } from '#gpu-worker/tokenizer/create-tokenizer.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { readJsonFile } from '#gpu-worker/weights/read-json-file.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface OpenModelOptions {
  /** Folder where fingerprints are remembered (made if missing); absent: every byte is hashed when the fingerprint is first asked for. */
  readonly cacheFolder?: string;
}

/**
 * Opens a checkpoint: a GGUF file, or a Hugging Face folder with config.json, safetensors and (where there is one) tokenizer.json. Configuration and
 * tensor shapes are checked; weights are read on demand. The fingerprint is worked out when it is first read.
 * @throws ServiceError `model_not_found` when there is nothing at the path, `invalid_weights` naming the file, tensor or field at fault
 */
export function openModel(path: string, options: OpenModelOptions = {}): FrozenModel {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) throw new ServiceError('model_not_found', `There is no model at "${path}".`);
  const checkpoint = kind.isDirectory() ? openModelFolder(path) : openGgufModel(path);
  try {
    const tokenizer =
      checkpoint.ggufMetadata === null ? folderTokenizer(path) : tokenizerFromGguf(checkpoint.ggufMetadata);
    checkVocabulary(path, checkpoint, tokenizer);
    return frozenModel(path, checkpoint, tokenizer, options.cacheFolder ?? null);
  } catch (error) {
    checkpoint.stored.close();
    throw error;
  }
}

function frozenModel(
  path: string,
  checkpoint: OpenedCheckpoint,
  tokenizer: Tokenizer | null,
  cacheFolder: string | null,
): FrozenModel {
  const { config, source, stored } = checkpoint;
  let fingerprint: string | null = null;
  return {
    config,
    source,
    tokenizer,
    path,
    get fingerprint() {
      fingerprint ??= fingerprintModel(config, stored, cacheFolder);
      return fingerprint;
    },
    close: () => stored.close(),
  };
}

function folderTokenizer(folder: string): Tokenizer | null {
  const tokenizerPath = join(folder, 'tokenizer.json');
  if (!existsSync(tokenizerPath)) return null;
  const configPath = join(folder, 'tokenizer_config.json');
  return tokenizerFromJson(readJsonFile(tokenizerPath), existsSync(configPath) ? readJsonFile(configPath) : null);
}

/** A token without an embedding row would read past the table. */
function checkVocabulary(path: string, { config }: OpenedCheckpoint, tokenizer: Tokenizer | null): void {
  if (tokenizer !== null && tokenizer.vocabularySize > config.vocabularySize) {
    throw weightsFault(
      path,
      null,
      `its tokenizer has ${tokenizer.vocabularySize} tokens, but there are embeddings for ${config.vocabularySize}`,
    );
  }
}
