import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What a reader of one kind of file accepts; every field has the format's own bound as its default. */
export interface SafetensorsLimits {
  /** Bytes of the JSON header, padding included; default 100,000,000 (the format's bound). JSON takes several times its size in memory. */
  readonly headerBytesMax?: number;
  /** Tensors of one file; default 100,000. */
  readonly tensorsMax?: number;
  /** Dimensions of one tensor; default 32. */
  readonly dimensionsMax?: number;
  /** Catalogue code of the errors thrown; default `invalid_weights`. */
  readonly errorCode?: Extract<ErrorCode, 'invalid_weights' | 'invalid_adapter'>;
}

export const defaultSafetensorsLimits: Required<SafetensorsLimits> = {
  headerBytesMax: 100_000_000,
  tensorsMax: 100_000,
  dimensionsMax: 32,
  errorCode: 'invalid_weights',
};

/** The error of every refusal: `safetensors: ` and what is wrong where. */
export function safetensorsError(limits: SafetensorsLimits, message: string, cause?: unknown): ServiceError {
  return new ServiceError(
    limits.errorCode ?? defaultSafetensorsLimits.errorCode,
    `safetensors: ${message}`,
    cause === undefined ? {} : { cause },
  );
}
