import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defaultModel } from '#gpu-worker/model-store/default-model.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { type FetchHubOptions, fetchHubModel } from '#gpu-worker/model-store/fetch-hub-model.ts';
import { parseHubModelName } from '#gpu-worker/model-store/parse-model-name.ts';

/**
 * The path of a model that a person named, fetched where it is not here yet. Absent, or the default model's id: the default model. An
 * existing file or folder: itself. Else a hub id, `org/name` or `org/name:file.gguf`.
 * @returns an absolute path of a GGUF file or a Hugging Face folder
 * @throws ServiceError `model_not_found`, `not_ready` or `invalid_weights`, each one sentence that says what to do
 */
export async function resolveModelPath(model?: string, options: FetchHubOptions = {}): Promise<string> {
  if (model === undefined || model === defaultModel.id) return fetchDefaultModel(options);
  const path = resolve(model);
  if ((await stat(path).catch(() => null)) !== null) return path;
  return fetchHubModel(parseHubModelName(model), options);
}
