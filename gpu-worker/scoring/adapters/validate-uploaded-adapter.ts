import { createHash } from 'node:crypto';
import { checkAdapterFile } from '#gpu-worker/scoring/adapters/check-adapter-file.ts';
import { downloadObject, type ObjectStoreOptions } from '#gpu-worker/scoring/adapters/download-object.ts';
import { waitUnlessAborted } from '#gpu-worker/scoring/adapters/wait-unless-aborted.ts';
import type { EngineInfo } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { AdapterValidationRequest, AdapterValidationResponse } from '#shared/protocol/adapter-validation.ts';

/** Validations that may wait for the one that runs; each is a file's size of memory, so only one runs at a time. */
const waitingMax = 16;

export type ValidateUploadedAdapter = (
  request: AdapterValidationRequest,
  model: Pick<EngineInfo, 'modelPath' | 'modelFingerprint' | 'tokenizerFingerprint'>,
  signal: AbortSignal,
) => Promise<AdapterValidationResponse>;

/**
 * Reads uploads from the bucket and checks them against the base model, one at a time. The returned function throws ServiceError:
 * `invalid_adapter` with the tensor and the reason, `adapter_not_found`, `adapter_unavailable`, `overloaded`, or the signal's reason.
 */
export function createAdapterValidator(store: ObjectStoreOptions | undefined): ValidateUploadedAdapter {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (request, model, signal) => {
    if (store === undefined) throw noStore(request.name);
    if (waiting >= waitingMax) {
      const message = `${waiting} adapters wait to be checked; the limit is ${waitingMax}.`;
      throw new ServiceError('overloaded', message, { retryAfterSeconds: 5 });
    }
    waiting += 1;
    const turn = last.then(() => {
      signal.throwIfAborted();
      return validate(store, request, model);
    });
    last = turn
      .catch(() => undefined)
      .finally(() => {
        waiting -= 1;
      });
    return waitUnlessAborted(turn, signal);
  };
}

async function validate(
  store: ObjectStoreOptions,
  request: AdapterValidationRequest,
  model: Parameters<ValidateUploadedAdapter>[1],
): Promise<AdapterValidationResponse> {
  const { name, digest, bytes } = request;
  const { file, etag } = await downloadObject(store, { key: request.object_key, name, digest }, (length) => {
    if (length !== bytes) throw invalid(name, `has ${length} bytes; ${bytes} were announced`);
  });
  const found = createHash('sha256').update(file).digest('hex');
  if (found !== digest) throw invalid(name, `has SHA-256 ${found}; ${digest} was announced`);
  const { modelPath, modelFingerprint, tokenizerFingerprint } = model;
  const check = { file: file.buffer, modelPath, modelFingerprint, tokenizerFingerprint };
  return { etag, details: await checkAdapterFile(check) };
}

function invalid(name: string, what: string): ServiceError {
  return new ServiceError('invalid_adapter', `The file of adapter "${name}" ${what}.`);
}

function noStore(name: string): ServiceError {
  const message = `Adapter "${name}" cannot be checked: this worker has no adapter store.`;
  return new ServiceError('adapter_unavailable', message, { retryAfterSeconds: 5 });
}
