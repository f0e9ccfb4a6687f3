import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprintModel } from '#gpu-worker/language-model/fingerprint-model.ts';
import { openModelFolder } from '#gpu-worker/language-model/open-model-folder.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { floatTensor, smallConfig, smallTensors, writeSmallCheckpoint } from '#test/support/small-checkpoint.ts';

const root = mkdtempSync(join(tmpdir(), 'fingerprint-'));
afterAll(() => rmSync(root, { recursive: true }));

function fingerprint(folder: string, cacheFolder: string | null = null): string {
  const { config, stored } = openModelFolder(folder);
  try {
    return fingerprintModel(config, stored, cacheFolder);
  } finally {
    stored.close();
  }
}

const original = writeSmallCheckpoint(join(root, 'original'));

function replaced(tensor: TensorToWrite): TensorToWrite[] {
  return smallTensors.map((other) => (other.name === tensor.name ? tensor : other));
}

describe('fingerprintModel', () => {
  it('is the same for the same weights in other shards', () => {
    const folder = writeSmallCheckpoint(join(root, 'sharded'));
    rmSync(join(folder, 'model.safetensors'));
    const shards = { 'a.safetensors': smallTensors.slice(4), 'b.safetensors': smallTensors.slice(0, 4) };
    for (const [shard, tensors] of Object.entries(shards))
      writeFileSync(join(folder, shard), writeSafetensors(tensors));
    const weightMap = Object.fromEntries(
      Object.entries(shards).flatMap(([shard, tensors]) => tensors.map(({ name }) => [name, shard])),
    );
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
    expect(fingerprint(folder)).toBe(fingerprint(original));
    expect(fingerprint(original)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs when one bit of any tensor, or a number of the configuration, differs', () => {
    const seen = new Set([fingerprint(original)]);
    for (const tensor of smallTensors) {
      const data = new Uint8Array(tensor.data.buffer.slice(0));
      data[data.length - 4] = (data.at(-4) ?? 0) ^ 1;
      seen.add(fingerprint(writeSmallCheckpoint(join(root, tensor.name), smallConfig, replaced({ ...tensor, data }))));
    }
    seen.add(fingerprint(writeSmallCheckpoint(join(root, 'theta'), { ...smallConfig, rope_theta: 500_000 })));
    seen.add(
      fingerprint(
        writeSmallCheckpoint(join(root, 'scaling-2'), { ...smallConfig, rope_scaling: { type: 'linear', factor: 2 } }),
      ),
    );
    seen.add(
      fingerprint(
        writeSmallCheckpoint(join(root, 'scaling-4'), { ...smallConfig, rope_scaling: { type: 'linear', factor: 4 } }),
      ),
    );
    expect(seen.size).toBe(smallTensors.length + 4);
  });

  it('remembers, and notices a file replaced by one of the same size and modification time', () => {
    const folder = writeSmallCheckpoint(join(root, 'rewritten'));
    const cache = join(root, 'cache');
    const weights = join(folder, 'model.safetensors');
    utimesSync(weights, 1_000, 1_000);
    const before = fingerprint(folder, cache);
    expect(before).toBe(fingerprint(folder));
    const entries = readdirSync(join(cache, 'fingerprints'));
    expect(entries.length).toBe(1);
    writeFileSync(join(cache, 'fingerprints', entries[0] ?? ''), '0'.repeat(64));
    expect(fingerprint(folder, cache)).toBe('0'.repeat(64));
    writeFileSync(join(cache, 'fingerprints', entries[0] ?? ''), 'half an entry');
    expect(fingerprint(folder, cache)).toBe(before);
    const rewritten = join(folder, 'rewritten');
    writeFileSync(rewritten, writeSafetensors(replaced(floatTensor('model.norm.weight', [8], 1))));
    renameSync(rewritten, weights);
    utimesSync(weights, 1_000, 1_000);
    expect(fingerprint(folder, cache)).not.toBe(before);
  });
});
