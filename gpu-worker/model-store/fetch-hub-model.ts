import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadFile, listFiles, modelInfo } from '@huggingface/hub';
import { describeHubFailure } from '#gpu-worker/model-store/describe-hub-failure.ts';
import type { FetchOptions } from '#gpu-worker/model-store/fetch-options.ts';
import { hashFile } from '#gpu-worker/model-store/hash-file.ts';
import { defaultModelsFolder } from '#gpu-worker/model-store/models-folder.ts';
import type { HubModelName } from '#gpu-worker/model-store/parse-model-name.ts';
import { type HubFile, selectHubFiles } from '#gpu-worker/model-store/select-hub-files.ts';
import { withStagingFolder } from '#gpu-worker/model-store/staging-folder.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface FetchHubOptions extends FetchOptions {
  /** Default: HF_ENDPOINT, or the public hub. */
  readonly hubUrl?: string | undefined;
}

const publicHubUrl = 'https://huggingface.co';

/**
 * A model of the hub: as it is where it was fetched before (without asking the hub), else all of one commit, moved into place by one rename.
 * @returns a checkpoint folder, or the path of the GGUF file
 * @throws ServiceError `model_not_found`, `not_ready` (offline, disk full) or `invalid_weights` (bytes that are not the listed ones); the
 * signal's reason when stopped
 */
export async function fetchHubModel(name: HubModelName, options: FetchHubOptions = {}): Promise<string> {
  const variables = options.variables ?? process.env;
  const folder = join(options.folder ?? defaultModelsFolder(variables), 'hub', ...name.repository.split('/'));
  const target = join(folder, name.file === null ? 'checkpoint' : join('gguf', name.file));
  if (await exists(target)) return target;
  options.signal?.throwIfAborted();
  const hubUrl = options.hubUrl ?? (variables['HF_ENDPOINT'] || publicHubUrl);
  const { signal } = options;
  const repository: Repository = {
    repo: { type: 'model', name: name.repository },
    hubUrl,
    fetch: (input, init) => fetch(input, signal === undefined ? init : { ...init, signal }),
    ...(variables['HF_TOKEN'] && { accessToken: variables['HF_TOKEN'] }),
  };
  try {
    await withStagingFolder(folder, async (staging) => {
      const { revision, files } = await listCommit(repository, name);
      await downloadFiles({ ...repository, revision }, files, staging, options);
      const result = name.file === null ? staging : join(staging, basename(name.file));
      await moveIntoPlace(result, target);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw describeHubFailure(error, name.repository, hubUrl);
  }
  return target;
}

type Repository = Omit<Parameters<typeof downloadFile>[0], 'path' | 'accessToken' | 'credentials'> & {
  readonly accessToken?: string;
  readonly repo: { readonly type: 'model'; readonly name: string };
};

/** One commit is resolved first, so that files of two versions never meet in one folder. */
async function listCommit(repository: Repository, { repository: id, file }: HubModelName) {
  const { sha } = await modelInfo({ ...repository, name: id, additionalFields: ['sha'] });
  const files: HubFile[] = [];
  for await (const entry of listFiles({ ...repository, revision: sha, recursive: file?.includes('/') ?? false })) {
    if (entry.type === 'file') files.push({ path: entry.path, bytes: entry.size, sha256: entry.lfs?.oid ?? null });
  }
  return { revision: sha, files: selectHubFiles(id, files, file) };
}

async function downloadFiles(
  repository: Repository & { revision: string },
  files: readonly HubFile[],
  folder: string,
  { onProgress = () => {}, signal }: FetchOptions,
): Promise<void> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  for (const file of files) {
    const blob = await downloadFile({ ...repository, path: file.path });
    if (blob === null) throw new ServiceError('model_not_found', `The hub lists ${file.path} but does not give it.`);
    const target = join(folder, basename(file.path));
    const count = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        doneBytes += chunk.byteLength;
        onProgress({ stage: 'downloading', doneBytes, totalBytes });
        done(null, chunk);
      },
    });
    const source = Readable.fromWeb(blob.stream());
    await pipeline(source, count, createWriteStream(target, { flush: true }), signal === undefined ? {} : { signal });
    await checkFile(target, file, signal);
  }
}

async function checkFile(path: string, file: HubFile, signal: AbortSignal | undefined): Promise<void> {
  const { size } = await stat(path);
  if (size !== file.bytes) {
    throw new ServiceError(
      'invalid_weights',
      `${file.path} came with ${size} bytes instead of ${file.bytes}; fetch again.`,
    );
  }
  if (file.sha256 !== null && (await hashFile(path, signal)) !== file.sha256) {
    throw new ServiceError(
      'invalid_weights',
      `${file.path} is not what the hub lists (its SHA-256 differs); fetch again.`,
    );
  }
}

/** Another process may have been faster; a folder cannot be renamed over, and both hold complete checkpoints. */
async function moveIntoPlace(from: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await rename(from, target);
  } catch (error) {
    if (!(await exists(target))) throw error;
    await rm(from, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
