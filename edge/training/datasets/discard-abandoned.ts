import type { DatasetRow, DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { discardDataset } from '#edge/training/datasets/discard-dataset.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

/** Milliseconds after which whoever sends the same request again has given up its first. */
const abandonedMs = 300_000;

/**
 * Takes away what an upload has left that did not end, although its sender asks again: the edge died that received it, or the database did not answer when it
 * failed. An upload that is still going on then ends as given up. Returns whether it did. Never throws.
 */
export async function discardAbandoned(
  service: TrainingService,
  store: DatasetStore,
  { id, state, createdAtMs }: DatasetRow,
): Promise<boolean> {
  if (state !== 'receiving' || service.now() - createdAtMs < abandonedMs) return false;
  await discardDataset(service, store, id, { keepRow: true });
  return true;
}
