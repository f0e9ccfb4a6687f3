import { callApi } from '#cli/api-client/call-api.ts';
import { type DatasetResponse, datasetSchema } from '#shared/protocol/dataset.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

/** `POST /v1/datasets`. */
export async function uploadDataset(
  { connection, signal, say }: WalkStage,
  bytes: Uint8Array,
  name: string,
): Promise<DatasetResponse> {
  const path = `/v1/datasets?name=${encodeURIComponent(name)}`;
  say(`\nPOST ${path} (${bytes.length} bytes of JSON Lines)`);
  const stream = new Blob([new Uint8Array(bytes)]).stream();
  const file = { stream, bytes: bytes.length, mediaType: 'application/jsonl' };
  const dataset = await callApi(connection, { method: 'POST', path, file, schema: datasetSchema, signal });
  const { id, sha256, queries, passages, warnings } = dataset;
  say(
    `  ${id}, SHA-256 ${sha256.slice(0, 12)}…: ${queries.train} queries to train on, ${queries.dev} of dev, ${passages} passages`,
  );
  for (const warning of warnings) say(`  warning: ${warning}`);
  return dataset;
}
