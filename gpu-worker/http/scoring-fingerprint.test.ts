import { afterEach, describe, expect, it } from 'vitest';
import { scoringFingerprint } from '#gpu-worker/http/scoring-fingerprint.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { type ControlledWorker, startControlledWorker } from '#test/support/start-controlled-worker.ts';

const info = {
  modelPath: '/models/tiny.gguf',
  modelFingerprint: 'a'.repeat(64),
  tokenizerFingerprint: 'b'.repeat(64),
  precision: 'int8',
  precisionReason: 'the processor has AVX-512 VNNI',
  device: 'cpu',
  threads: 2,
  contextLength: 2_048,
} as const;
const calibration = baseModelCalibration;
const fingerprint = scoringFingerprint({ engine: { info }, calibration }, '1.0.0');

describe('scoringFingerprint', () => {
  it.each([
    ['another model', { info: { ...info, modelFingerprint: 'c'.repeat(64) } }, calibration, '1.0.0'],
    ['another tokenizer', { info: { ...info, tokenizerFingerprint: 'c'.repeat(64) } }, calibration, '1.0.0'],
    ['another arithmetic', { info: { ...info, precision: 'fp32' as const } }, calibration, '1.0.0'],
    ['float16', { info: { ...info, precision: 'fp16' as const } }, calibration, '1.0.0'],
    ['another device', { info: { ...info, device: 'cuda' as const } }, calibration, '1.0.0'],
    ['no constants', { info }, null, '1.0.0'],
    ['another version', { info }, calibration, '1.0.1'],
  ])('differs with %s', (_name, engine, constants, version) => {
    expect(scoringFingerprint({ engine, calibration: constants }, version)).not.toBe(fingerprint);
  });

  it('does not differ with where the model lies, how many threads run it, and why the precision is what it is', () => {
    const moved = { info: { ...info, modelPath: '/elsewhere', threads: 8, precisionReason: 'it was asked for' } };
    expect(scoringFingerprint({ engine: moved, calibration }, '1.0.0')).toBe(fingerprint);
  });
});

describe('a worker', () => {
  let worker: ControlledWorker;
  afterEach(() => worker.server.close());

  it('says the same one in its answers and in /info', async () => {
    worker = await startControlledWorker();
    worker.becomeReady();
    const body = JSON.stringify({ model: 'tiny', query: 'q', documents: ['d'], deadline_at_ms: Date.now() + 60_000 });
    const answer = scoreResponseSchema.parse(await (await worker.call('POST', '/v1/score', body)).json());
    const told = workerInfoSchema.parse(await (await worker.call('GET', '/info')).json());
    expect(answer.scoring_fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(told.scoring_fingerprint).toBe(answer.scoring_fingerprint);
  });
});
