import { join, resolve } from 'node:path';

/**
 * Where models are kept when the caller names no folder: `models` in HINTRANK_HOME, or in `.hintrank` of the repository, so that every
 * working directory shares one.
 */
export function defaultModelsFolder(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  return resolve(variables['HINTRANK_HOME'] || join(import.meta.dirname, '../../.hintrank'), 'models');
}
