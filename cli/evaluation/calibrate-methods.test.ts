import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { calibrateMethods } from '#cli/evaluation/calibrate-methods.ts';
import type { Method } from '#cli/evaluation/evaluation-settings.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { repositoryFolder } from '#test/support/source-files.ts';
import { testIo } from '#test/support/test-io.ts';

const path = join(repositoryFolder, 'test', 'fixtures', 'golden', 'smollm2', 'adapter_A.safetensors');
const clean: Method = { kind: 'template', template: 'clean-1' };
const upr: Method = { kind: 'template', template: 'upr-1' };
const known = baseModelCalibration.fittedOn.modelFingerprint;
const unknown = 'f'.repeat(64);
const file = { ...baseModelCalibration, fittedOn: { ...baseModelCalibration.fittedOn, data: 'file' } };
const options = { settings: { template: undefined }, io: testIo().io };
const blended = (calibration?: typeof file) => ({ ...options, scoring: { scoring: 'blended', calibration } as const });
const chosen = (...parameters: Parameters<typeof calibrateMethods>) =>
  calibrateMethods(...parameters).map(({ calibration }) => calibration);

it('gives the file to the first method, and to another that has no constants of its own', () => {
  expect(chosen([clean, upr], blended(), known)).toEqual([baseModelCalibration, baseModelCalibration]);
  expect(chosen([clean, upr], blended(file), known)).toEqual([file, baseModelCalibration]);
  expect(chosen([clean, upr], blended(file), unknown)).toEqual([file, file]);
});

it('refuses a blend without constants, and needs none for likelihoods', () => {
  expect(() => calibrateMethods([clean], blended(), unknown)).toThrow(
    'There are no calibration constants for this model; `hintrank calibrate` fits them, --calibration reads them.',
  );
  const byLikelihood = { ...options, scoring: { scoring: 'likelihood', calibration: undefined } } as const;
  expect(chosen([clean], byLikelihood, unknown)).toEqual([null]);
});

it("takes a template as it is named, and an adapter's own unless another is asked for", async () => {
  const adapter: Method = { kind: 'adapter', adapter: { path, bytes: await readFile(path) } };
  const templates = (template: 'upr-1' | undefined) =>
    calibrateMethods([upr, adapter], { ...blended(), settings: { template } }, known).map((one) => one.template);
  expect(templates(undefined)).toEqual(['upr-1', 'clean-1']);
  expect(templates('upr-1')).toEqual(['upr-1', 'upr-1']);
});
