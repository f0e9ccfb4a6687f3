import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';

/** One fetch for all projects of a run: each project loads this module anew, the process is the same. */
const fetchKey = Symbol.for('hintrank.test.default-model');

interface Shared {
  [fetchKey]?: Promise<string>;
}

/**
 * Vitest global set-up of the projects that run the real model: makes sure that it is here and whole before their first test, so that
 * a clean clone needs no step of its own and no test waits for a download. A failed fetch fails the run with its one sentence.
 */
export async function setup(): Promise<void> {
  const shared: Shared = globalThis as typeof globalThis & Shared;
  shared[fetchKey] ??= fetchDefaultModel();
  await shared[fetchKey];
}
