import { expect } from 'vitest';
import { type ByteSource, byteSourceOf } from '#gpu-worker/weights/byte-source.ts';
import { type CheckpointSource, checkpointSource, type WeightsFile } from '#gpu-worker/weights/checkpoint-source.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What a parse may take besides twice the file: Node's buffer pool, and small fixed tables. */
const slackBytes = 32 * 1024;

/**
 * Opens possibly broken bytes and checks what must hold whatever they are: the outcome is a typed refusal with a reason, or tensors that lie inside the
 * file, apart from each other, and can all be read; no read is longer than the file; and the buffers that were made take at most twice the file.
 * @returns whether the bytes were accepted
 */
export function expectRefusalOrSoundWeights(bytes: Uint8Array, open: (source: ByteSource) => WeightsFile): boolean {
  const source = watchedSource(bytes);
  const before = process.memoryUsage().arrayBuffers;
  let file: WeightsFile;
  try {
    file = open(source);
  } catch (error) {
    expectTypedRefusal(error);
    return false;
  } finally {
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(2 * bytes.length + slackBytes);
    expect(source.bytesRead).toBeLessThanOrEqual(2 * bytes.length + 8);
  }
  expectSound(bytes.length, checkpointSource('fuzzed', [file]));
  return true;
}

function expectTypedRefusal(error: unknown): void {
  if (!(error instanceof ServiceError)) throw error;
  expect(error.code).toBe('invalid_weights');
  expect(error.message.length).toBeGreaterThan(10);
  expect(error.message.length).toBeLessThan(2_000);
}

function expectSound(fileBytes: number, checkpoint: CheckpointSource): void {
  let covered = 0;
  const inOrder = [...checkpoint.tensors.values()].sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end, shape } of inOrder) {
    expect(begin, `${name} overlaps the tensor before it`).toBeGreaterThanOrEqual(covered);
    expect(end).toBeGreaterThanOrEqual(begin);
    expect(end).toBeLessThanOrEqual(fileBytes);
    covered = end;
    expect(checkpoint.readRows(name).length).toBe(shape.reduce((product, size) => product * size, 1));
  }
}

function watchedSource(bytes: Uint8Array): ByteSource & { readonly bytesRead: number } {
  const inner = byteSourceOf(bytes, 'fuzzed');
  let bytesRead = 0;
  return {
    ...inner,
    read(offset, into) {
      expect(into.length).toBeLessThanOrEqual(bytes.length);
      bytesRead += into.length;
      inner.read(offset, into);
    },
    get bytesRead() {
      return bytesRead;
    },
  };
}
