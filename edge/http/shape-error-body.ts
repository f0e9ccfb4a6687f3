import { type ErrorCode, errorCatalogue } from '#shared/errors/error-catalogue.ts';
import type { ServiceError } from '#shared/errors/service-error.ts';
import type { ErrorBody, TeiErrorBody } from '#shared/protocol/error-body.ts';

/** The body that the client's readers understand. */
export function shapeErrorBody(
  error: ServiceError,
  requestId: string,
  shape: 'superset' | 'tei',
): ErrorBody | TeiErrorBody {
  const { message, code } = error;
  if (shape === 'tei') return { error: message, error_type: teiErrorType(error) };
  const { type } = errorCatalogue[code];
  return { message, id: requestId, detail: message, error: { message, type, param: error.param ?? null, code } };
}

/** Codes whose TEI kind does not follow from their own being a caller's fault. */
const teiErrorTypes: Partial<Record<ErrorCode, TeiErrorBody['error_type']>> = {
  overloaded: 'Overloaded',
  rate_limited: 'Overloaded',
  quota_exceeded: 'Overloaded',
  not_ready: 'Unhealthy',
  no_worker_available: 'Unhealthy',
  key_store_unavailable: 'Unhealthy',
  adapter_unavailable: 'Unhealthy',
};

function teiErrorType(error: ServiceError): TeiErrorBody['error_type'] {
  if (error.param === 'texts' && error.message.startsWith('texts is empty')) return 'Empty';
  return teiErrorTypes[error.code] ?? (error.status < 500 ? 'Validation' : 'Backend');
}
