import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { CheckpointSource } from '#gpu-worker/weights/checkpoint-source.ts';

/** Changes when the fingerprint's definition does, so that an old adapter never matches by accident. */
const definition = 'hintrank-model-1';

/**
 * SHA-256 hex over the configuration and every stored byte of every tensor, by name: another file layout, tokenizer or description of the
 * same weights keeps it, another quantisation or a single changed bit does not. (docs/decisions/0003-model-fingerprint.md)
 * @param source tensors under the names that are hashed
 * @param cacheFolder where the result is remembered by path, size, change time and inode of the files; null: hashed anew
 */
export function fingerprintModel(config: ModelConfig, source: CheckpointSource, cacheFolder: string | null): string {
  if (cacheFolder === null) return hashModel(config, source);
  const folder = join(cacheFolder, 'fingerprints');
  const entry = join(folder, `${hashIdentity(config, source)}.txt`);
  const remembered = readRemembered(entry);
  if (remembered !== null) return remembered;
  const fingerprint = hashModel(config, source);
  mkdirSync(folder, { recursive: true });
  // Renamed into place: two processes, or two threads of one, that start together never see half an entry.
  const temporary = `${entry}.${randomUUID()}`;
  writeFileSync(temporary, fingerprint);
  renameSync(temporary, entry);
  return fingerprint;
}

function hashModel(config: ModelConfig, source: CheckpointSource): string {
  const hash = createHash('sha256').update(`${definition}\n${sortedJson(config)}\n`);
  for (const name of [...source.tensors.keys()].sort()) {
    const { storage = '', shape = [] } = source.tensors.get(name) ?? {};
    hash.update(`${JSON.stringify([name, storage, shape])}\n`);
    for (const piece of source.storedBytes(name)) hash.update(piece);
  }
  return hash.digest('hex');
}

/** Names the files as they are now. The configuration is in it because config.json can change beside the same weights. */
function hashIdentity(config: ModelConfig, source: CheckpointSource): string {
  const files = source.files.map(({ bytes }) => {
    const { size, mtimeNs, ctimeNs, ino, dev } = statSync(bytes.label, { bigint: true });
    return [bytes.label, size, mtimeNs, ctimeNs, ino, dev].map(String);
  });
  return createHash('sha256')
    .update(`${definition}\n${sortedJson(config)}\n${JSON.stringify(files)}`)
    .digest('hex');
}

function readRemembered(entry: string): string | null {
  try {
    const text = readFileSync(entry, 'utf8');
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** JSON with keys in order at both levels, so that the order in which a configuration was built does not matter. */
function sortedJson(config: ModelConfig): string {
  return JSON.stringify(config, [...Object.keys(config), ...Object.keys(config.ropeScaling ?? {})].sort());
}
