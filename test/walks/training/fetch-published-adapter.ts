import { writeFile } from 'node:fs/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { callApi } from '#cli/api-client/call-api.ts';
import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';
import { adapterVersionSchema } from '#shared/protocol/adapter-response.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

const versionsSchema = z.looseObject({ data: z.array(adapterVersionSchema) });

/** Writes the bytes that requests for this version are scored with, from the bucket that workers read, to `path`. Throws where there is no such version. */
export async function fetchPublishedAdapter(
  { connection, signal, say }: WalkStage,
  { name, version }: { readonly name: string; readonly version: number },
  { endpoint, bucket, region, accessKeyId, secretAccessKey }: LocalObjectStore,
  path: string,
): Promise<void> {
  const versions = `/v1/adapters/${name}/versions`;
  const { data } = await callApi(connection, { method: 'GET', path: versions, schema: versionsSchema, signal });
  const digest = data.find((candidate) => candidate.version === version)?.digest;
  if (digest === undefined) throw new Error(`${name} has no version ${version}.`);
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: adapterObjectKey(digest) }));
    await writeFile(path, (await body?.transformToByteArray()) ?? new Uint8Array());
  } finally {
    client.destroy();
  }
  say(`\n${name}@${version} is ${adapterObjectKey(digest).replace(/(\w{12})\w{52}/, '$1…')} in the bucket.`);
}
