import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createAdapterValidator,
  type ValidateUploadedAdapter,
} from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { type FaultProxy, startFaultProxy } from '#test/support/start-fault-proxy.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-validate-'));
const model = {
  modelPath: writeTinyTextModel(folder),
  modelFingerprint: 'a'.repeat(64),
  tokenizerFingerprint: 'b'.repeat(64),
};
const never = new AbortController().signal;
const good = writeAdapterFile(
  smallRetrieveAdapter(tinyTextHiddenSize, undefined, { modelFingerprint: model.modelFingerprint }),
  { storage: 'fp32' },
);

let s3: LocalS3;
let proxy: FaultProxy;
let validate: ValidateUploadedAdapter;
let uploads = 0;

beforeAll(async () => {
  s3 = await startLocalS3();
  proxy = await startFaultProxy(s3.endpoint);
  const client = s3.client(proxy.url);
  validate = createAdapterValidator({
    client,
    bucket: s3.bucket,
    fileBytesMax: 1_000_000,
    downloadTimeoutMs: 20_000,
  });
});
afterAll(async () => {
  await proxy.stop();
  await s3.stop();
  await rm(folder, { recursive: true });
});

async function upload(file: Uint8Array, changes: object = {}) {
  uploads += 1;
  const object_key = `uploads/validate-${uploads}`;
  await s3.client().send(new PutObjectCommand({ Bucket: s3.bucket, Key: object_key, Body: Buffer.from(file) }));
  const digest = createHash('sha256').update(file).digest('hex');
  return { model: 'tiny', name: 'tickets', object_key, digest, bytes: file.length, deadline_at_ms: 1, ...changes };
}

describe('createAdapterValidator', () => {
  it('describes a file that fits the model, with the tag of what it read', async () => {
    const { etag, details } = await validate(await upload(good), model, never);
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(details).toEqual({
      method: 'retrieve',
      template: 'clean-1',
      k: 3,
      heads: 1,
      filters: 'd',
      hidden_size: tinyTextHiddenSize,
      changed_rows: 0,
      soft_prompt_tokens: 0,
      model_fingerprint: model.modelFingerprint,
      tokenizer_fingerprint: null,
      calibrated: false,
    });
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['a pickle', () => Buffer.from('\x80\x02}q\x00.'), /safetensors/],
    [
      'another hidden size',
      () => writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize * 2), { storage: 'fp32' }),
      /its hidden size is \d+, the model's is \d+/,
    ],
    [
      'another base model',
      () =>
        writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize, undefined, { modelFingerprint: 'c'.repeat(64) }), {
          storage: 'fp32',
        }),
      /base model cccccccccccc…, this one is aaaaaaaaaaaa…/,
    ],
    [
      'another tokenizer',
      () =>
        writeAdapterFile(
          smallRetrieveAdapter(tinyTextHiddenSize, undefined, { tokenizerFingerprint: 'c'.repeat(64) }),
          { storage: 'fp32' },
        ),
      /tokenizer cccccccccccc…, this one is bbbbbbbbbbbb…/,
    ],
    [
      'a row past the vocabulary',
      () => {
        const values = new Float32Array(tinyTextHiddenSize);
        const embedding = { kind: 'rows', rows: Int32Array.of(257), values } as const;
        return writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize, embedding), { storage: 'fp32' });
      },
      /names row 257, the model's vocabulary ends at 256/,
    ],
    ['a value that is not finite', notFinite, /tensor "doc_multi_layers.0.bias" holds NaN at index 2/],
  ])('refuses %s and says why', async (_name, file, message) => {
    const refused = await validate(await upload(file()), model, never).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceError);
    expect(refused).toMatchObject({ code: 'invalid_adapter', message: expect.stringMatching(message) });
  });

  it('refuses bytes of another digest or number than announced', async () => {
    const digest = 'd'.repeat(64);
    await expect(validate(await upload(good, { digest }), model, never)).rejects.toMatchObject({
      code: 'invalid_adapter',
      message: expect.stringContaining(`; ${digest} was announced`),
    });
    await expect(validate(await upload(good, { bytes: 5 }), model, never)).rejects.toMatchObject({
      code: 'invalid_adapter',
      message: `The file of adapter "tickets" has ${good.length} bytes; 5 were announced.`,
    });
  });

  it('says adapter_unavailable when the transfer breaks, and works again afterwards', async () => {
    const request = await upload(good);
    proxy.fault = 'cut';
    await expect(validate(request, model, never)).rejects.toMatchObject({ code: 'adapter_unavailable' });
    proxy.fault = 'none';
    expect((await validate(request, model, never)).details.method).toBe('retrieve');
  });

  it('checks one at a time and refuses the seventeenth that would wait', async () => {
    const request = await upload(good, { bytes: 5 });
    const turns = Array.from({ length: 17 }, () => validate(request, model, never));
    const outcomes = await Promise.allSettled(turns);
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code);
    expect(codes).toEqual([...Array.from({ length: 16 }, () => 'invalid_adapter'), 'overloaded']);
  });

  it('has nothing to read from without a store', async () => {
    const without = createAdapterValidator(undefined);
    await expect(without(await upload(good), model, never)).rejects.toMatchObject({ code: 'adapter_unavailable' });
  });
});

/** The writer refuses what is not finite, so the value is written into the finished file. */
function notFinite(): Uint8Array {
  const marked = smallRetrieveAdapter(tinyTextHiddenSize);
  marked.mlp?.firstBias.fill(12345.678, 2, 3);
  const file = writeAdapterFile(marked, { storage: 'fp32' });
  const marker = Buffer.from(Float32Array.of(12345.678).buffer);
  const offset = Buffer.from(file).indexOf(marker);
  file.set(new Uint8Array(Float32Array.of(Number.NaN).buffer), offset);
  return file;
}
