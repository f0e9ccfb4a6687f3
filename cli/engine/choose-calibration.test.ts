import { describe, expect, it } from 'vitest';
import { chooseCalibration } from '#cli/engine/choose-calibration.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { testIo } from '#test/support/test-io.ts';

const file = { ...baseModelCalibration, fittedOn: { ...baseModelCalibration.fittedOn, data: 'file' } };
const adapter = { ...baseModelCalibration, fittedOn: { ...baseModelCalibration.fittedOn, data: 'adapter' } };
const nothing = {
  scoring: undefined,
  fromFile: undefined,
  fromAdapter: undefined,
  modelFingerprint: 'f'.repeat(64),
} as const;
const known = { ...nothing, modelFingerprint: baseModelCalibration.fittedOn.modelFingerprint };

describe('chooseCalibration', () => {
  it('prefers the file to the adapter, and the adapter to the shipped constants', () => {
    const { io } = testIo();
    expect(chooseCalibration({ ...known, fromFile: file, fromAdapter: adapter }, io)).toBe(file);
    expect(chooseCalibration({ ...known, fromAdapter: adapter }, io)).toBe(adapter);
    expect(chooseCalibration(known, io)).toBe(baseModelCalibration);
  });

  it('has no use for constants where the likelihood is asked for', () => {
    expect(chooseCalibration({ ...known, fromFile: file, scoring: 'likelihood' }, testIo().io)).toBeNull();
  });

  it('says what it does instead for a model without constants, and refuses where the blend was named', () => {
    const { io, stderr } = testIo();
    expect(chooseCalibration(nothing, io)).toBeNull();
    expect(stderr()).toContain('Ordered by likelihood alone.');
    expect(() => chooseCalibration({ ...nothing, scoring: 'blended' }, io)).toThrow('hintrank calibrate');
  });
});
