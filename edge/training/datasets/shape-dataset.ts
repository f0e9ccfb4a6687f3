import { datasetFactsSchema } from '#edge/training/datasets/dataset-facts.ts';
import type { DatasetRow } from '#edge/training/datasets/dataset-store.ts';
import type { DatasetResponse } from '#shared/protocol/dataset.ts';

/** A row of a dataset that is there whole, as the API shows it. */
export function shapeDataset({ id, name, format, bytes, sha256, facts, createdAtMs }: DatasetRow): DatasetResponse {
  return {
    object: 'dataset',
    id,
    name,
    format,
    bytes,
    sha256: sha256 ?? '',
    ...datasetFactsSchema.parse(JSON.parse(facts ?? '')),
    created_at: new Date(createdAtMs).toISOString(),
  };
}
