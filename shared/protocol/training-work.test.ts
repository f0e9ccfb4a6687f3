import { describe, expect, it } from 'vitest';
import {
  finishAnswerSchema,
  finishSchema,
  heartbeatAnswerSchema,
  heartbeatSchema,
  leaseRequestSchema,
  leaseSchema,
} from '#shared/protocol/training-work.ts';

const sha256 = 'a'.repeat(64);
const stored = { object_key: 'k', sha256, bytes: 1 };

describe('calls of training workers', () => {
  it('tolerate fields of a newer version, and fill in what a heartbeat leaves out', () => {
    const beat = { lease: 1, beat: 1, progress: null, later: true };
    expect(heartbeatSchema.parse(beat)).toEqual({ lease: 1, beat: 1, progress: null, news: [], checkpoint: null });
    expect(leaseRequestSchema.safeParse({ worker_id: 'w', model: 'm', later: 1 }).success).toBe(true);
    expect(heartbeatAnswerSchema.parse({ continue: true, later: 1 })).toEqual({ continue: true });
  });

  it('refuse a lease of no number, and a digest that is none', () => {
    expect(finishSchema.safeParse({ outcome: 'cancelled', lease: 0 }).success).toBe(false);
    const failed = { outcome: 'failed', lease: 1, code: 'out_of_memory', message: 'm', retryable: true };
    expect(finishSchema.safeParse(failed).success).toBe(true);
    expect(finishSchema.safeParse({ ...failed, code: 'Not a code' }).success).toBe(false);
    const checkpoint = { ...stored, sha256: 'A'.repeat(64), step: 1, tokens: 1 };
    expect(heartbeatSchema.safeParse({ lease: 1, beat: 1, progress: null, checkpoint }).success).toBe(false);
  });

  it('hand over a lease and take an answer', () => {
    const lease = {
      job_id: 'tj_1',
      lease: 1,
      attempt: 1,
      attempts_max: 3,
      heartbeat_seconds: 15,
      model: 'm',
      settings: { method: 'retrieve' },
      adapter_name: 'tickets',
      publish: 'if-better',
      dataset: { ...stored, id: 'ds_1', name: 'd', format: 'jsonl' },
      checkpoint_prefix: 'training/tj_1/checkpoints/',
      checkpoint: null,
      adapter_object_key: 'uploads/tj_1-1',
      report_object_key: 'training/tj_1/reports/1.json',
    };
    expect(leaseSchema.parse(lease)).toEqual(lease);
    expect(finishAnswerSchema.parse({ state: 'completed', adapter_version: 4 }).adapter_version).toBe(4);
  });
});
