import { createHash } from 'node:crypto';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import {
  adapterUnavailable,
  downloadObject,
  type ObjectStoreOptions,
} from '#gpu-worker/scoring/adapters/download-object.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';

/** Adapter files in an S3 bucket, at `adapters/<digest>.safetensors`. */
export function createS3AdapterStore(options: ObjectStoreOptions): AdapterStore {
  return {
    async fetch(adapter, reserve) {
      const object = { ...adapter, key: adapterObjectKey(adapter.digest) };
      const { file } = await downloadObject(options, object, reserve);
      const digest = createHash('sha256').update(file).digest('hex');
      if (digest !== adapter.digest) {
        throw adapterUnavailable(
          adapter,
          `its store sent a file with SHA-256 ${digest} under the key of ${adapter.digest}`,
        );
      }
      return file;
    },
  };
}
