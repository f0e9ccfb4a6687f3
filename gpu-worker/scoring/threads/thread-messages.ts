import type { DeviceChoice, ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import type { BatchEntry, BatchResult } from '#gpu-worker/scoring/batch/scoring-work.ts';
import type { PreparedModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import type { LanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import type { Precision, PrecisionChoice } from '#gpu-worker/scoring/scoring-engine.ts';
import { type ErrorCode, errorCatalogue } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What the preparation thread is started with. */
export interface PreparationOptions {
  readonly modelPath: string;
  readonly precision: PrecisionChoice;
  /** Default: the CPU. */
  readonly device?: DeviceChoice;
  readonly cacheFolder: string;
}

/** What a preparation thread reports at its end; everything that the main thread knows of the model. */
export interface PreparationResult {
  readonly prepared: PreparedModel;
  readonly precision: Precision;
  readonly precisionReason: string;
  readonly device: ExecutionDevice;
  readonly modelFingerprint: string;
  readonly tokenizerFingerprint: string | null;
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Size of the converted weights' file. */
  readonly weightsBytes: number;
}

export type PreparationMessage =
  | { readonly kind: 'progress'; readonly stage: string; readonly fraction: number }
  | { readonly kind: 'prepared'; readonly result: PreparationResult }
  | { readonly kind: 'failed'; readonly error: PortableError };

/** What a scoring thread is started with. */
export interface ScoringThreadOptions {
  readonly modelPath: string;
  readonly graphs: LanguageModelGraphs;
  readonly device: ExecutionDevice;
  /** Bytes of the keys and values that the thread keeps. */
  readonly prefixBytesMax: number;
}

export type ThreadRequest =
  | { readonly id: number; readonly kind: 'batch'; readonly entries: readonly BatchEntry[] }
  | { readonly id: number; readonly kind: 'load-adapter'; readonly digest: string; readonly file: Uint8Array }
  | { readonly id: number; readonly kind: 'unload-adapter'; readonly digest: string };

/** A request without its id, per kind. */
export type ThreadWork = ThreadRequest extends infer Request
  ? Request extends ThreadRequest
    ? Omit<Request, 'id'>
    : never
  : never;

/** The answer to a batch; to the other requests it is null. */
export type BatchReply = BatchResult<PortableError>;

/** An error as it crosses threads: structured clone drops the class and its fields. */
export interface PortableError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly param: string | undefined;
  readonly stack: string | undefined;
}

export function toPortableError(error: unknown): PortableError {
  if (error instanceof ServiceError) {
    return { code: error.code, message: error.message, param: error.param, stack: error.stack };
  }
  const fault = error instanceof Error ? error : new Error(String(error));
  return { code: null, message: fault.message, param: undefined, stack: fault.stack };
}

/** A ServiceError again, or a plain Error with the thread's stack. */
export function fromPortableError(error: PortableError): Error {
  if (error.code !== null && error.code in errorCatalogue) {
    return new ServiceError(error.code, error.message, error.param === undefined ? {} : { param: error.param });
  }
  const fault = new Error(error.message);
  if (error.stack !== undefined) fault.stack = error.stack;
  return fault;
}
