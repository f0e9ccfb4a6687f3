import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

/** The float32 tensors of a golden safetensors file, by name. */
export function readGoldenTensors(relative: string): Map<string, Float32Array> {
  const bytes = new Uint8Array(readFileSync(join(goldenFolder, relative)));
  const header = parseSafetensorsHeader(bytes, bytes.byteLength);
  const tensors = new Map<string, Float32Array>();
  for (const [name, entry] of header.tensors) {
    const start = header.dataOffset + entry.begin;
    const length = entry.end - entry.begin;
    tensors.set(name, new Float32Array(bytes.slice(start, start + length).buffer));
  }
  return tensors;
}
