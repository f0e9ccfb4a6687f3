import { deleteObject } from '#edge/object-store/object-calls.ts';
import type { DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { type TrainingService, trainingBucket } from '#edge/training/training-service.ts';
import { datasetObjectKey } from '#shared/object-keys.ts';

/** Takes a dataset away: from its owner at once, then its bytes, then its row. Never throws: what is left the sweep finds. Returns whether all is gone. `keepRow`: the sweep deletes the bytes once more. */
export async function discardDataset(
  service: TrainingService,
  store: DatasetStore,
  id: string,
  { keepRow = false } = {},
): Promise<boolean> {
  try {
    await store.markDeleted(id);
    await deleteObject(trainingBucket(service).s3, datasetObjectKey(id));
    if (!keepRow) await store.remove(id);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    service.log({ level: 'warn', event: 'dataset_left_to_sweep', dataset: id, message });
    return false;
  }
}
