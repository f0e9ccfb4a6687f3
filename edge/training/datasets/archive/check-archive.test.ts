import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { beirFiles, zipFiles } from '#edge/testing/zip-beir.ts';
import { checkArchive } from '#edge/training/datasets/archive/check-archive.ts';

/** A store with one object, of which it gives ranges. */
function storeOf(bytes: Uint8Array): S3Requests {
  const send: S3Requests['send'] = async ({ headers }) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers?.['range'] ?? '') ?? [];
    return new Response(bytes.slice(Number(from), Number(to) + 1), { status: 206 });
  };
  const presign = () => Promise.reject(new Error('nothing is presigned'));
  return { send, presign, timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds) };
}

const { signal } = new AbortController();
const check = (bytes: Uint8Array) => checkArchive(storeOf(bytes), { key: 'a', bytes: bytes.length, signal });

const archives = await Promise.all([
  zipFiles(beirFiles()),
  zipFiles(beirFiles(), { folder: 'nq/', level: 0, dataDescriptor: true }),
  zipFiles(beirFiles(), { zip64: true }),
]);

it('has a verdict on whatever becomes of an archive’s bytes', async () => {
  const changes = fc.record({
    archive: fc.constantFrom(...archives),
    // Most often in the directory and its end, which say where everything is.
    places: fc.array(fc.record({ fromEnd: fc.oneof(fc.nat(400), fc.nat(5_000)), byte: fc.nat(255) }), { maxLength: 4 }),
    cutFrom: fc.option(fc.nat(5_000), { freq: 4 }),
    ahead: fc.uint8Array({ maxLength: 20 }),
  });
  const seen = { valid: 0, invalid: 0 };
  await fc.assert(
    fc.asyncProperty(changes, async ({ archive, places, cutFrom, ahead }) => {
      const bytes = new Uint8Array([...ahead, ...archive.slice(0, archive.length - (cutFrom ?? 0))]);
      for (const { fromEnd, byte } of places) if (fromEnd < bytes.length) bytes[bytes.length - 1 - fromEnd] = byte;
      const verdict = await check(bytes);
      seen[verdict.kind] += 1;
      if (verdict.kind === 'invalid') expect(verdict.message).toMatch(/^The (?:archive|dataset) is not valid: .+\.$/);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(2);
});

it('ends with the request when the sender has gone', async () => {
  const gone = AbortSignal.abort();
  const [bytes = new Uint8Array()] = archives;
  await expect(checkArchive(storeOf(bytes), { key: 'a', bytes: bytes.length, signal: gone })).rejects.toMatchObject({
    code: 'request_cancelled',
  });
});

describe('a store that hangs', () => {
  const [archive = new Uint8Array()] = archives;
  const never = new Promise<never>(() => undefined);

  /** `hung` resolves when it has been asked. */
  function hangingStore(where: 'before its answer' | 'in the middle of its answer') {
    const clock = new ManualClock();
    const hung = Promise.withResolvers<void>();
    const send: S3Requests['send'] = async (request) => {
      hung.resolve();
      if (where === 'before its answer') return never;
      const half = (await (await storeOf(archive).send(request)).bytes()).slice(0, 9);
      const body = new ReadableStream({ start: (controller) => controller.enqueue(half), pull: () => never });
      return new Response(body, { status: 206 });
    };
    return { s3: { ...storeOf(archive), send, timeoutSignal: clock.timeoutSignal }, clock, hung: hung.promise };
  }

  it.each(['before its answer', 'in the middle of its answer'] as const)(
    'is given up after a minute: %s',
    async (where) => {
      const { s3, clock, hung } = hangingStore(where);
      const checking = checkArchive(s3, { key: 'a', bytes: archive.length, signal });
      await hung;
      clock.advance(60_000);
      await expect(checking).rejects.toMatchObject({ code: 'adapter_store_unavailable' });
    },
  );

  it('does not hold up a sender that goes', async () => {
    const { s3, hung } = hangingStore('in the middle of its answer');
    const sender = new AbortController();
    const checking = checkArchive(s3, { key: 'a', bytes: archive.length, signal: sender.signal });
    await hung;
    sender.abort();
    await expect(checking).rejects.toMatchObject({ code: 'request_cancelled' });
  });
});
