import type { ImportSettings } from '#gpu-worker/adapter-import/import-settings.ts';
import { type ImportTarget, importTargetOf } from '#gpu-worker/adapter-import/import-target.ts';
import type { ImportedTensors } from '#gpu-worker/adapter-import/imported-tensors.ts';
import { type ImportSource, openImportSource } from '#gpu-worker/adapter-import/open-import-source.ts';
import { readAuthorsCheckpoint } from '#gpu-worker/adapter-import/read-authors-checkpoint.ts';
import { peftPromptName, readPeftConfig, readPeftPrompt } from '#gpu-worker/adapter-import/read-peft-prompt.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { validateAdapterAgainstModel } from '#shared/adapter-file/validate-adapter-against-model.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

export interface ImportedAdapter {
  /** An adapter file of our format. */
  readonly file: Uint8Array;
  readonly config: AdapterConfig;
  /** The safetensors file that it was made from. */
  readonly sourcePath: string;
  readonly kind: ImportedTensors['kind'];
  readonly notes: readonly string[];
}

/**
 * Makes an adapter file of a foreign checkpoint: one of the paper's authors, or a PEFT prompt-tuning folder. Everything is checked before
 * anything is returned: names, types, shapes against the base model, every value. The adapter is then tied to this base model by its fingerprints.
 * @throws ServiceError `invalid_adapter` naming tensor or field, value and limit
 */
export function importAdapter(
  path: string,
  model: FrozenModel,
  settings: ImportSettings,
  storage: 'fp16' | 'fp32',
): ImportedAdapter {
  const source = openImportSource(path);
  try {
    const target = importTargetOf(model, settings.template);
    const imported = readTensors(source, settings, target);
    const { method: _, ...stated } = settings;
    const config: AdapterConfig = {
      format: 'hintrank-adapter-1',
      ...stated,
      method: imported.method,
      residual: false,
      modelFingerprint: model.fingerprint,
      ...(target.tokenizerFingerprint === null ? {} : { tokenizerFingerprint: target.tokenizerFingerprint }),
      training: { importedFrom: imported.kind },
    };
    const file = writeAdapterFile({ config, hiddenSize: target.hiddenSize, ...imported.tensors }, { storage });
    validateAdapterAgainstModel(parseAdapterFile(file), target);
    return { file, config, sourcePath: source.path, kind: imported.kind, notes: imported.notes };
  } finally {
    source.tensors.close();
  }
}

function readTensors(source: ImportSource, settings: ImportSettings, target: ImportTarget): ImportedTensors {
  const { tensors, peftConfigPath } = source;
  const names = [...tensors.tensors.keys()];
  if (names.includes('docspec_embeddings.rows')) {
    throw adapterError('it is an adapter of Hintrank already; use it as it is');
  }
  if (!names.includes(peftPromptName)) {
    // The file says what PEFT made of another kind (LoRA, prefixes) better than its tensor names would.
    if (peftConfigPath !== null && !names.includes('docspec_embeddings.weight')) readPeftConfig(peftConfigPath);
    return readAuthorsCheckpoint(tensors, settings.method, target);
  }
  if (peftConfigPath === null) {
    throw adapterError(`tensor "${peftPromptName}" is PEFT's, but no adapter_config.json is beside the file`);
  }
  if (settings.method !== undefined && settings.method !== 'soft-prompt') {
    throw adapterError(`it is a prompt of PEFT, which is no adapter of method "${settings.method}"`);
  }
  return readPeftPrompt(tensors, readPeftConfig(peftConfigPath), target);
}
