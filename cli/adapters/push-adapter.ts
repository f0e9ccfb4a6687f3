import { createHash } from 'node:crypto';
import { putPart } from '#cli/adapters/put-part.ts';
import { streamBytes } from '#cli/adapters/stream-bytes.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import type { Connection } from '#cli/api-client/connection.ts';
import { limits } from '#shared/limits.ts';
import { type UploadedVersionResponse, uploadedVersionSchema } from '#shared/protocol/adapter-response.ts';
import { abortedUploadSchema, adapterUploadSchema } from '#shared/protocol/adapter-upload-response.ts';

export interface AdapterToPush {
  readonly name: string;
  readonly file: Uint8Array;
  /** Straight to the store, in parts, instead of through the API. */
  readonly direct: boolean;
  /** Bytes that have been handed over so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Uploads a file and returns the version that it became. Throws an Error with one sentence. */
export async function pushAdapter(connection: Connection, adapter: AdapterToPush): Promise<UploadedVersionResponse> {
  const { name, file, direct, onSent, signal } = adapter;
  if (direct) return pushDirect(connection, adapter);
  const body = { stream: streamBytes(file, onSent), bytes: file.length };
  const path = `/v1/adapters/${name}`;
  return callApi(connection, { method: 'PUT', path, file: body, schema: uploadedVersionSchema, signal });
}

async function pushDirect(
  connection: Connection,
  { name, file, onSent, signal }: AdapterToPush,
): Promise<UploadedVersionResponse> {
  const path = `/v1/adapters/${name}/uploads`;
  const slices = sliceParts(file);
  const request = { bytes: file.length, sha256: digestOf(file), part_sha256: slices.map(digestOf) };
  const upload = await callApi(connection, {
    method: 'POST',
    path,
    body: request,
    schema: adapterUploadSchema,
    signal,
  });
  try {
    const etags: string[] = [];
    for (const [index, part] of upload.parts.entries()) {
      const before = index * limits.adapterPartBytes;
      const bytes = slices[index] ?? new Uint8Array();
      etags.push(await putPart({ part, bytes, onSent: (sent) => onSent(before + sent), signal }));
    }
    const completion = `${path}/${upload.id}/complete`;
    return await callApi(connection, {
      method: 'POST',
      path: completion,
      body: { etags },
      schema: uploadedVersionSchema,
      signal,
    });
  } catch (error) {
    // The service sweeps it anyway; this only spares it the hour.
    const abort = { method: 'DELETE', path: `${path}/${upload.id}`, schema: abortedUploadSchema } as const;
    await callApi(connection, { ...abort, signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    throw error;
  }
}

function sliceParts(file: Uint8Array): Uint8Array[] {
  const count = Math.ceil(file.length / limits.adapterPartBytes);
  return Array.from({ length: count }, (_, index) =>
    file.subarray(index * limits.adapterPartBytes, (index + 1) * limits.adapterPartBytes),
  );
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
