import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putAdapter } from '#infra/local/sample/put-adapter.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';
import { unreachableUrl } from '#test/support/loopback-server.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

const digest = 'a'.repeat(64);
const adapterOf = (file: string) => ({
  endpoint: s3.endpoint,
  bucket: s3.bucket,
  region: s3.region,
  ...s3.credentials,
  file: Buffer.from(file),
  digest,
});

describe('putAdapter', () => {
  it('puts a digest once and leaves it alone afterwards', async () => {
    await putAdapter(adapterOf('first'));
    await putAdapter(adapterOf('second start'));
    const object = { Bucket: s3.bucket, Key: adapterObjectKey(digest) };
    const { ContentLength: length } = await s3.client().send(new HeadObjectCommand(object));
    expect(length).toBe('first'.length);
  });

  it('says in one sentence that the store is gone, or refuses', async () => {
    const endpoint = await unreachableUrl();
    const sentence = `The S3 store at ${endpoint} did not take the sample adapter (connect ECONNREFUSED`;
    await expect(putAdapter({ ...adapterOf('x'), endpoint })).rejects.toThrow(sentence);
    await expect(putAdapter({ ...adapterOf('x'), secretAccessKey: 'another-secret-access-key' })).rejects.toThrow(
      `The S3 store at ${s3.endpoint} did not take the sample adapter (`,
    );
  });
});
