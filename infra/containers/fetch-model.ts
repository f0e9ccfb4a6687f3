import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';

/** Run while an image is built: fetches the default model, or a hub id given as the argument, into `models` of HINTRANK_HOME, and prints its path. */
process.stdout.write(`${await resolveModelPath(process.argv[2])}\n`);
