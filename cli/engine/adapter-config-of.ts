import type { AdapterFile } from '#cli/engine/open-engine.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * What an adapter file states about itself.
 * @throws ServiceError `invalid_adapter` naming the file and the reason
 */
export function adapterConfigOf({ path, bytes }: AdapterFile): AdapterConfig {
  try {
    return parseAdapterFile(bytes).config;
  } catch (error) {
    if (error instanceof ServiceError)
      throw new ServiceError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
