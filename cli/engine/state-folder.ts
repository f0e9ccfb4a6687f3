import { join, resolve } from 'node:path';

/** Everything that Hintrank keeps between runs; git-ignored. Beside the sources, so that every working directory shares one. */
export const stateFolder = resolve(process.env['HINTRANK_HOME'] || join(import.meta.dirname, '..', '..', '.hintrank'));

/** Weights converted for the engine, by the model's fingerprint. */
export const convertedWeightsFolder = join(stateFolder, 'cache');
