import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createEdgeCalls } from '#gpu-worker/training-service/edge/edge-calls.ts';
import { trainingReportPageKey } from '#shared/object-keys.ts';
import type { TrainingSummary } from '#shared/protocol/training-summary.ts';
import type { StoredObject, TrainingLease } from '#shared/protocol/training-work.ts';
import type { LocalS3 } from '#test/support/start-local-s3.ts';

export interface PlayedWorkerOptions {
  readonly edgeUrl: string;
  /** base64url. */
  readonly signingKey: string;
  readonly baseModel: string;
  readonly s3: LocalS3;
  /** Bytes of the adapter that each of its trainings has for a result. */
  readonly adapter: Uint8Array;
}

const callMs = 60_000;

/** Calls of a training worker without its training: what it hands over was made before. */
export function playTrainingWorker({ edgeUrl, signingKey, baseModel, s3, adapter }: PlayedWorkerOptions) {
  const calls = createEdgeCalls({
    edgeUrl,
    signingKey: new Uint8Array(Buffer.from(signingKey, 'base64url')),
    workerId: 'contract',
    model: baseModel,
    fetch,
    now: Date.now,
    timeoutMs: callMs,
    finishTimeoutMs: callMs,
  });
  const put = async (key: string, contents: Uint8Array): Promise<StoredObject> => {
    await s3.client().send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: contents }));
    return { object_key: key, sha256: createHash('sha256').update(contents).digest('hex'), bytes: contents.length };
  };
  const lease = async (): Promise<TrainingLease> => {
    const held = await calls.lease();
    if (held === null) throw new Error('there is no training job to lease');
    return held;
  };
  return {
    /** Some steps of the next job, which stays in its hands. */
    begin: async (): Promise<void> => {
      const held = await lease();
      const progress = { step: 3, steps: 170, loss: 1.5, tokens: 400, seconds_left: 84 };
      const news = [{ kind: 'base' as const, metric: 0.6 }];
      await calls.heartbeat(held.job_id, { lease: held.lease, beat: 1, progress, news });
    },
    complete: async (better: boolean): Promise<void> => {
      const held = await lease();
      const report = { verdict: summaryOf(better).verdict };
      await put(trainingReportPageKey(held.job_id, held.lease), Buffer.from(`<!doctype html><p>${report.verdict}</p>`));
      await calls.finish(held.job_id, {
        outcome: 'completed',
        lease: held.lease,
        adapter: await put(held.adapter_object_key, adapter),
        report: await put(held.report_object_key, Buffer.from(JSON.stringify(report))),
        summary: summaryOf(better),
      });
    },
    fail: async (): Promise<void> => {
      const held = await lease();
      const reason = { code: 'not_finite', message: 'The loss was not finite at step 3.', retryable: false };
      await calls.finish(held.job_id, { outcome: 'failed', lease: held.lease, ...reason });
    },
  };
}

function summaryOf(better: boolean): TrainingSummary {
  return {
    better,
    verdict: better ? 'The adapter ranks better.' : 'The dev queries show no gain.',
    decided_by: 'likelihood',
    kept_step: 100,
    steps: 170,
    tokens: 1_000,
    dev_queries: 50,
    likelihood: { base: 0.6, adapter: better ? 0.7 : 0.6, low: better ? 0.05 : -0.05, high: 0.15 },
    blended: null,
    signs: better ? [] : [{ sign: 'no_gain', sentence: 'The dev queries do not show a gain.' }],
  };
}
