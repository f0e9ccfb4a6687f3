import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { TrainedTensor } from '#gpu-worker/training/optimiser/adam-w.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { parseSafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';
import { writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { mutatedBytes } from '#test/support/mutate-bytes.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const normal = seededNormal(5);
const numbers = (length: number) => Float32Array.from({ length }, () => normal());
const tensor = (length: number): TrainedTensor => ({
  values: numbers(length),
  first: numbers(length),
  second: numbers(length),
});

const checkpoint: Checkpoint = {
  adapter: {
    step: 40,
    dense: { 'mlp.first.weight': tensor(16), 'mlp.first.bias': tensor(4) },
    rows: { ids: Int32Array.of(3, 7, 11), ...tensor(12) },
  },
  losses: [{ step: 1, loss: 1 / 3, positiveNll: 2.125, tokens: 64 }],
  dev: [
    { step: 0, metric: 0.1 },
    { step: 40, metric: 0.7 },
  ],
  base: Float64Array.of(-0.1, -1e-17),
  // No length that four divides.
  kept: { point: { step: 40, metric: 0.7 }, file: Uint8Array.of(9, 8, 7, 6, 5), scores: Float64Array.of(-1 / 3, -2) },
  highest: { point: { step: 20, metric: 0.75 }, scores: Float64Array.of(-0.25, -3) },
};

const path = join(folder, 'run.checkpoint');
const written = (): Buffer => {
  writeCheckpoint(path, 'this run', checkpoint);
  return readFileSync(path);
};

describe('a checkpoint', () => {
  it('comes back exactly, and leaves no other file', () => {
    written();
    expect(readCheckpoint(path, 'this run')).toEqual(checkpoint);
    expect(readdirSync(folder)).toEqual(['run.checkpoint']);
  });

  it('of a run without rows and looks comes back exactly', () => {
    const empty: Checkpoint = {
      adapter: {
        step: 0,
        dense: { soft_prompt: tensor(8) },
        rows: { ids: new Int32Array(0), ...tensor(0) },
      },
      losses: [],
      dev: [],
      base: new Float64Array(0),
      kept: { point: { step: 0, metric: 0 }, file: Uint8Array.of(1), scores: new Float64Array(0) },
      highest: { point: { step: 0, metric: 0 }, scores: new Float64Array(0) },
    };
    writeCheckpoint(path, 'this run', empty);
    expect(readCheckpoint(path, 'this run')).toEqual(empty);
  });

  it('replaces the one before it', () => {
    written();
    writeCheckpoint(path, 'this run', { ...checkpoint, losses: [] });
    expect(readCheckpoint(path, 'this run')?.losses).toEqual([]);
  });

  it('is null where there is none', () => {
    expect(readCheckpoint(join(folder, 'none.checkpoint'), 'this run')).toBeNull();
  });
});

describe('refuses', () => {
  const refusal = (file: Uint8Array): string => {
    writeFileSync(path, file);
    try {
      readCheckpoint(path, 'this run');
    } catch (error) {
      expect(error).toBeInstanceOf(ServiceError);
      return error instanceof Error ? error.message : '';
    }
    throw new Error('the file was accepted');
  };

  it('a checkpoint of another run, saying what to do', () => {
    written();
    expect(() => readCheckpoint(path, 'another run')).toThrow(
      `The checkpoint ${path} belongs to a run with other settings, data or model; remove it or name another output.`,
    );
  });

  it('a truncated one wherever it ends', () => {
    const file = written();
    for (let length = 0; length < file.length; length += 13) {
      expect(refusal(file.subarray(0, length))).toContain(`The checkpoint ${path} is damaged: `);
    }
  });

  it('one with a bit of a tensor flipped', () => {
    const file = written();
    const { dataOffset } = parseSafetensorsHeader(file, file.length);
    for (let byte = dataOffset; byte < file.length; byte += 5) {
      const flipped = Uint8Array.from(file);
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (byte % 8));
      expect(refusal(flipped)).toContain('do not have the SHA-256 that was written with them');
    }
  });

  it('or survives whatever else happens to the bytes: an error with a sentence, or the same checkpoint', () => {
    const file = written();
    const { dataOffset } = parseSafetensorsHeader(file, file.length);
    fc.assert(
      fc.property(mutatedBytes(new Uint8Array(file), dataOffset, [0]), (bytes) => {
        writeFileSync(path, bytes);
        try {
          expect(readCheckpoint(path, 'this run')).toEqual(checkpoint);
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['no metadata', {}],
    ['progress that is not JSON', { progress: '{"identity": "this run", ' }],
    ['progress of another form', { progress: '{"step": -1}' }],
  ])('a safetensors file with %s', (_, metadata) => {
    const file = writeSafetensors([{ name: 'w', dtype: 'F32', shape: [1], data: Float32Array.of(1) }], metadata);
    expect(refusal(file)).toBe(`${path} is not a training checkpoint.`);
  });

  it('a file of something else', () => {
    expect(refusal(Buffer.from('not a checkpoint at all, but some text'))).toContain('is damaged: safetensors: ');
  });
});
