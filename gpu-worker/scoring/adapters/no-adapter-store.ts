import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** The store of a worker that was given no bucket: it serves the base model alone. */
export const noAdapterStore: AdapterStore = {
  fetch: ({ name }) =>
    Promise.reject(
      new ServiceError(
        'adapter_unavailable',
        `Adapter "${name}" could not be loaded: this worker has no adapter store.`,
      ),
    ),
};
