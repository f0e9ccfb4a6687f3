import { setImmediate as nextTick } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { downloadObject } from '#gpu-worker/scoring/adapters/download-object.ts';
import { startLoopbackServer } from '#test/support/loopback-server.ts';

/** A store that sends a checksum with the file, as S3 does and the simulator does not, and never the whole file. */
async function startStore() {
  const server = await startLoopbackServer((_request, response) => {
    response.writeHead(200, { 'content-length': 200_000, 'x-amz-checksum-crc32': 'K5X3TA==' });
    response.write(Buffer.alloc(1_000));
  });
  const credentials = { accessKeyId: 'k', secretAccessKey: 's' };
  const client = new S3Client({ endpoint: server.url, region: 'r', forcePathStyle: true, credentials, maxAttempts: 1 });
  return { server, options: { client, bucket: 'b', fileBytesMax: 300_000, downloadTimeoutMs: 20_000 } };
}

// The runner fails for an error that nobody listens to; a worker would end by it.
it('a file with a checksum that is refused before it is read breaks nothing afterwards', async () => {
  const { server, options } = await startStore();
  const refuse = () => {
    throw new Error('no room');
  };
  const object = { key: 'adapters/x.safetensors', name: 'tickets', digest: '0'.repeat(64) };
  await expect(downloadObject(options, object, refuse)).rejects.toMatchObject({ code: 'adapter_unavailable' });
  await server.close();
  for (let ticks = 0; ticks < 10; ticks += 1) await nextTick();
  options.client.destroy();
});
