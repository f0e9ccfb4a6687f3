/** What a caller can be told. One table: code → HTTP status, whether a retry can help, and the kind OpenAI-shaped clients expect. */
export interface ErrorEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly type:
    | 'invalid_request_error'
    | 'authentication_error'
    | 'permission_error'
    | 'not_found_error'
    | 'overloaded_error'
    | 'rate_limit_error'
    | 'server_error';
  /** The sentence shown when the code is thrown without a message of its own; never holds internals. */
  readonly sentence: string;
}

// biome-ignore format: a table, one code a line
export const errorCatalogue = {
  invalid_request: { status: 400, retryable: false, type: 'invalid_request_error', sentence: 'The request is not valid.' },
  invalid_json: { status: 400, retryable: false, type: 'invalid_request_error', sentence: 'The request body is not valid JSON.' },
  unauthenticated: { status: 401, retryable: false, type: 'authentication_error', sentence: 'The API key is missing or not valid.' },
  unsigned_call: { status: 401, retryable: false, type: 'authentication_error', sentence: 'This endpoint answers signed calls of the edge only.' },
  missing_scope: { status: 403, retryable: false, type: 'permission_error', sentence: 'The API key lacks the scope that this endpoint needs.' },
  route_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such endpoint.' },
  model_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such model.' },
  adapter_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such adapter.' },
  upload_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such upload.' },
  key_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such API key.' },
  dataset_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such dataset.' },
  training_job_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'There is no such training job.' },
  training_report_not_found: { status: 404, retryable: false, type: 'not_found_error', sentence: 'The training job has no report.' },
  method_not_allowed: { status: 405, retryable: false, type: 'invalid_request_error', sentence: 'The endpoint does not take this method.' },
  adapter_in_use: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'An alias points at the adapter version.' },
  no_previous_version: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The alias has pointed at no other version that still exists.' },
  too_many_adapters: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The tenant has as many adapter versions or unfinished uploads as it may have.' },
  alias_moved: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The alias points at another version than the request says.' },
  upload_conflict: { status: 409, retryable: true, type: 'invalid_request_error', sentence: 'The upload is not in a state for this.' },
  key_not_rotatable: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The API key is not active, or another has replaced it already.' },
  too_many_keys: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The tenant has as many API keys as it may have.' },
  dataset_in_use: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'Training jobs that go on use the dataset.' },
  too_many_datasets: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The tenant has as many bytes of datasets as it may have.' },
  too_many_training_jobs: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The tenant has as many waiting training jobs as it may have.' },
  training_job_active: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The training job has not ended.' },
  idempotency_conflict: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The Idempotency-Key stood for another request.' },
  request_in_progress: { status: 409, retryable: true, type: 'invalid_request_error', sentence: 'A request of the same Idempotency-Key has not ended.' },
  lease_lost: { status: 409, retryable: false, type: 'invalid_request_error', sentence: 'The training job is not in the hands of this lease.' },
  length_required: { status: 411, retryable: false, type: 'invalid_request_error', sentence: 'The request must state the length of its body.' },
  payload_too_large: { status: 413, retryable: false, type: 'invalid_request_error', sentence: 'The request body is too large.' },
  unsupported_media_type: { status: 415, retryable: false, type: 'invalid_request_error', sentence: 'The request body must be application/json.' },
  invalid_adapter: { status: 422, retryable: false, type: 'invalid_request_error', sentence: 'The adapter file is not valid.' },
  invalid_weights: { status: 422, retryable: false, type: 'invalid_request_error', sentence: 'The weights file is not valid.' },
  invalid_dataset: { status: 422, retryable: false, type: 'invalid_request_error', sentence: 'The dataset is not valid.' },
  overloaded: { status: 429, retryable: true, type: 'overloaded_error', sentence: 'The service is at capacity; retry after the time in Retry-After.' },
  rate_limited: { status: 429, retryable: true, type: 'rate_limit_error', sentence: 'The API key has sent as many requests this minute as it may.' },
  quota_exceeded: { status: 429, retryable: true, type: 'rate_limit_error', sentence: 'The API key has used as many tokens today as it may.' },
  training_quota_exceeded: { status: 429, retryable: true, type: 'rate_limit_error', sentence: 'The tenant has used its training tokens of the day.' },
  request_cancelled: { status: 499, retryable: false, type: 'invalid_request_error', sentence: 'The caller closed the request.' },
  internal: { status: 500, retryable: false, type: 'server_error', sentence: 'The service failed to answer; the request id identifies the fault.' },
  not_ready: { status: 503, retryable: true, type: 'server_error', sentence: 'The worker is not ready.' },
  no_worker_available: { status: 503, retryable: true, type: 'server_error', sentence: 'No GPU worker could take the request.' },
  adapter_unavailable: { status: 503, retryable: true, type: 'server_error', sentence: 'The adapter could not be loaded from its store.' },
  adapter_store_unavailable: { status: 503, retryable: true, type: 'server_error', sentence: 'Adapters cannot be stored or read at the moment.' },
  key_store_unavailable: { status: 503, retryable: true, type: 'server_error', sentence: 'API keys cannot be checked at the moment.' },
  usage_unavailable: { status: 503, retryable: true, type: 'server_error', sentence: 'Usage cannot be read at the moment.' },
  training_unavailable: { status: 503, retryable: true, type: 'server_error', sentence: 'Datasets and training jobs cannot be stored or read at the moment.' },
  deadline_exceeded: { status: 504, retryable: true, type: 'server_error', sentence: 'The deadline passed before the documents were scored.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
