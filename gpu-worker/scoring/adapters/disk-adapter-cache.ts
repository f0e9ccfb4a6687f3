import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';

export interface DiskAdapterCacheOptions {
  /** Where files come from that are not on disk. */
  readonly store: AdapterStore;
  /** Made if missing; several workers may share it. */
  readonly folder: string;
  /** Bytes of all files together; the least recently used are deleted. */
  readonly bytesMax: number;
  /** A disk that does not take a file is no reason to refuse a request. */
  readonly onFault: (error: unknown) => void;
}

/** More files than any folder needs; each has thousands of bytes at least. */
const filesMax = 100_000;

const fileName = /^([0-9a-f]{64})\.safetensors$/;

/** Milliseconds after which a half-written file is nobody's any more. */
const leftoverAgeMs = 3_600_000;

/**
 * Adapter files that were downloaded once, on disk: a worker that starts again has them, and serves them while the store is gone. Each is checked
 * against its digest when it is read; a damaged one is deleted and downloaded again.
 */
export function createDiskAdapterCache(options: DiskAdapterCacheOptions): AdapterStore {
  const { store, folder, bytesMax, onFault } = options;
  const pathOf = (digest: string) => join(folder, `${digest}.safetensors`);
  const sizes = new LRUCache<string, number>({
    max: filesMax,
    maxSize: bytesMax,
    sizeCalculation: (bytes) => Math.max(1, bytes),
    dispose: (_, digest, reason) => {
      if (reason === 'evict') void rm(pathOf(digest), { force: true }).catch(onFault);
    },
  });
  let opened: Promise<void> | undefined;
  const open = () => {
    opened ??= listFiles(folder).then((files) => {
      for (const { digest, bytes } of files) sizes.set(digest, bytes);
    });
    return opened.catch(onFault);
  };

  const keep = async (digest: string, file: Uint8Array): Promise<void> => {
    if (file.byteLength > bytesMax) return;
    const temporary = join(folder, `${digest}.${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, file, { flush: true, mode: 0o600 });
      await rename(temporary, pathOf(digest));
      sizes.set(digest, file.byteLength);
    } catch (error) {
      onFault(error);
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  };

  const read = async (digest: string, reserve: (bytes: number) => void): Promise<Uint8Array | undefined> => {
    const path = pathOf(digest);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    reserve(found.size);
    const file = await readFile(path).catch(() => undefined);
    if (file !== undefined && createHash('sha256').update(file).digest('hex') === digest) {
      sizes.set(digest, file.byteLength);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return file;
    }
    sizes.delete(digest);
    await rm(path, { force: true }).catch(onFault);
    return undefined;
  };

  return {
    async fetch(adapter, reserve) {
      await open();
      const onDisk = await read(adapter.digest, reserve);
      if (onDisk !== undefined) return onDisk;
      const file = await store.fetch(adapter, reserve);
      await keep(adapter.digest, file);
      return file;
    },
  };
}

/** The files that are there, the least recently used first. Deletes what a process that died had not finished. */
async function listFiles(folder: string): Promise<{ digest: string; bytes: number }[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files: { digest: string; bytes: number; usedAtMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    const digest = fileName.exec(name)?.[1];
    if (found === undefined) continue;
    if (digest !== undefined) files.push({ digest, bytes: found.size, usedAtMs: found.mtimeMs });
    else if (name.endsWith('.tmp') && Date.now() - found.mtimeMs > leftoverAgeMs) await rm(path, { force: true });
  }
  return files.sort((left, right) => left.usedAtMs - right.usedAtMs);
}
