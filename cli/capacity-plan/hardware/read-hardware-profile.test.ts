import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { modelSizes } from '#cli/capacity-plan/hardware/model-sizes.ts';
import { defaultHardware, readHardwareProfile } from '#cli/capacity-plan/hardware/read-hardware-profile.ts';
import { scaleToModel } from '#cli/capacity-plan/hardware/scale-to-model.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-profile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withPrecision = (precision: string) => ({ ...idleHardware, model: { ...idleHardware.model, precision } });

function write(name: string, text: string): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, text);
  return path;
}

it('reads a shipped profile by its name, and one of a file', async () => {
  expect((await readHardwareProfile(defaultHardware)).name).toBe(defaultHardware);
  expect(await readHardwareProfile(write('own', JSON.stringify(idleHardware)))).toEqual(idleHardware);
});

it('names the profiles that there are', async () => {
  await expect(readHardwareProfile('tpu')).rejects.toThrow(
    /^--hardware must be a file that ends in \.json or one of .*cpu-2-cores.*, not "tpu"\.$/,
  );
  await expect(readHardwareProfile('../hardware-profiles/cpu-2-cores')).rejects.toThrow('--hardware must be');
});

it.each([
  ['no JSON', '{', 'it is no JSON.'],
  ['a field that is missing', JSON.stringify({ ...idleHardware, threads: undefined }), 'threads: '],
  [
    'a time below zero',
    JSON.stringify({ ...idleHardware, milliseconds: { ...idleHardware.milliseconds, call: -1 } }),
    'milliseconds.call is -1: Too small: expected number to be >=0',
  ],
  ['a precision that there is not', JSON.stringify(withPrecision('int4')), 'model.precision is "int4": Invalid option'],
  [
    'a field that does not exist',
    JSON.stringify({ ...idleHardware, cores: 4 }),
    'the profile: Unrecognized key: "cores"',
  ],
])('refuses %s and says where', async (_, text, reason) => {
  const path = write('broken', text);
  await expect(readHardwareProfile(path)).rejects.toThrow(`Hardware profile ${path}: `);
  await expect(readHardwareProfile(path)).rejects.toThrow(reason);
});

it('scales times and weights with the parameters, and keys and values as the model has them', async () => {
  const profile = await readHardwareProfile(defaultHardware);
  expect(modelSizes[profile.model.name]).toMatchObject({ parameters: profile.model.parameters });
  expect(scaleToModel(profile, profile.model.name)).toEqual(profile);
  const scaled = scaleToModel(profile, 'llama-3.2-1b');
  const factor = 1_235_814_400 / 134_515_008;
  expect(scaled.milliseconds.prefixRow).toBeCloseTo(factor * profile.milliseconds.prefixRow, 9);
  expect(scaled.milliseconds.call).toBe(profile.milliseconds.call);
  expect(scaled.model.keyValueBytesPerToken).toBe(2 * 16 * 8 * 64 * 2);
  expect(() => scaleToModel(profile, 'toString')).toThrow('--model must be one of smollm2-135m, ');
});
