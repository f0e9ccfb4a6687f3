import type { CalibrationTexts } from '#cli/capacity-plan/calibration/calibration-texts.ts';
import type { WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';
import { entryBytes } from '#cli/capacity-plan/planning/plan-memory.ts';
import { templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { WorkerInfo } from '#shared/protocol/score.ts';

export interface MeasuredMemory {
  readonly keyValueBytesPerToken: number;
  /** `threadBytes` — of all threads together, which the process's size does not tell apart. */
  readonly sizes: (threadBytes: number) => { readonly process: number; readonly weights: number };
}

export interface MemoryToMeasure {
  readonly worker: WorkerConnection;
  readonly texts: CalibrationTexts;
}

/** What the worker says of its memory before and after one more document. Throws ServiceError `invalid_request` when it keeps none. */
export async function measureMemory({ worker, texts }: MemoryToMeasure): Promise<MeasuredMemory> {
  const before = memoryOf(await worker.info());
  const call = { query: texts.text(8), documents: [texts.text(100)], scoresQuery: false };
  const { documentTokens } = await worker.score(call);
  const after = memoryOf(await worker.info());
  const tokens = (documentTokens[0] ?? 0) + templateRows.prefix;
  const bytes = after.prefix_bytes - before.prefix_bytes - entryBytes;
  if (after.prefixes !== before.prefixes + 1 || bytes <= 0) {
    const message = `The worker kept ${after.prefixes - before.prefixes} prefixes of one new document: its prefix cache of ${after.prefix_bytes_max} bytes is too small, or others use it.`;
    throw new ServiceError('invalid_request', message);
  }
  const weights = after.weights_bytes;
  const own = after.resident_bytes - after.prefix_bytes - after.adapter_bytes;
  return {
    keyValueBytesPerToken: Math.round(bytes / tokens),
    sizes: (threadBytes) => ({ weights, process: Math.max(0, Math.round(own - threadBytes - weights)) }),
  };
}

function memoryOf({ memory }: WorkerInfo) {
  if (memory !== undefined) return memory;
  throw new ServiceError('invalid_request', 'The worker says nothing of its memory; it is older than 0.2.');
}
