import { join } from 'node:path';
import { checkTensors } from '#gpu-worker/language-model/check-tensors.ts';
import type { OpenedCheckpoint } from '#gpu-worker/language-model/opened-checkpoint.ts';
import { readModelConfig } from '#gpu-worker/language-model/read-model-config.ts';
import { openSafetensorsFolder } from '#gpu-worker/weights/open-safetensors-folder.ts';
import { readJsonFile } from '#gpu-worker/weights/read-json-file.ts';

/**
 * Opens a Hugging Face folder: `config.json` and safetensors weights.
 * @throws ServiceError `invalid_weights` naming the field or tensor at fault
 */
export function openModelFolder(folder: string): OpenedCheckpoint {
  const configPath = join(folder, 'config.json');
  const config = readModelConfig(configPath, readJsonFile(configPath));
  const source = openSafetensorsFolder(folder);
  try {
    checkTensors(folder, config, source.tensors);
    return { config, source, stored: source, ggufMetadata: null };
  } catch (error) {
    source.close();
    throw error;
  }
}
