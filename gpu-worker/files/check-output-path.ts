import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * Whether a file can be made at `path`, told before long work and not after it.
 * @throws ServiceError `invalid_request` when the folder does not exist or `path` is a folder
 */
export async function checkOutputPath(path: string): Promise<void> {
  const target = await stat(path).catch(() => null);
  if (target?.isDirectory()) throw new ServiceError('invalid_request', `The output ${path} is a folder; name a file.`);
  const folder = await stat(dirname(path)).catch(() => null);
  if (!folder?.isDirectory())
    throw new ServiceError('invalid_request', `The folder of the output ${path} does not exist.`);
}
