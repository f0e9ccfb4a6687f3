import { expect, it } from 'vitest';
import { saturatedSuffixMs } from '#cli/capacity-plan/calibration/saturated-suffix-ms.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const documents = (count: number, tokens: number, isNew: boolean) =>
  Array.from({ length: count }, () => ({ tokens, queryTokens: 10, isNew }));
const times = { ...idleHardware.milliseconds, suffixRun: 1 };
const worker = { documentsPerCall: 16, times, threads: 1, busySlowdown: 1.5 };

it('fills runs of four where documents are kept', () => {
  expect(saturatedSuffixMs({ ...worker, documents: documents(64, 100, false) })).toBeCloseTo(1.5 * 16, 6);
});

it('leaves slots empty where a batch has room for few documents', () => {
  // Two prefixes of 350 rows fill a batch.
  expect(saturatedSuffixMs({ ...worker, documents: documents(64, 350, true) })).toBeCloseTo(1.5 * 32, 6);
});
