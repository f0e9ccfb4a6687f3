import type { Context } from 'hono';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { withCallScope } from '#gpu-worker/http/call-scope.ts';
import { parseCallBody } from '#gpu-worker/http/parse-call-body.ts';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';
import type { ValidateUploadedAdapter } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { adapterValidationRequestSchema } from '#shared/protocol/adapter-validation.ts';

export interface PostAdapterValidationOptions {
  readonly state: WorkerState;
  readonly modelId: string;
  readonly validateAdapter: ValidateUploadedAdapter;
  readonly now: () => number;
}

/**
 * `POST /v1/adapters/validate`: whether an uploaded file can be served with this worker's model. Throws `invalid_json`, `invalid_request`,
 * `model_not_found`, `not_ready`, `deadline_exceeded`, `request_cancelled` and what the validator throws.
 */
export function postAdapterValidation({ state, modelId, validateAdapter, now }: PostAdapterValidationOptions) {
  return async (context: Context<CallContext>) => {
    const request = parseCallBody(context.get('body'), adapterValidationRequestSchema);
    if (request.model !== modelId) {
      const message = `This worker holds the model "${modelId}", not "${request.model}".`;
      throw new ServiceError('model_not_found', message, { param: 'model' });
    }
    const response = await state.serve(({ engine }) =>
      withCallScope(
        { caller: context.req.raw.signal, forcedStop: state.forcedStop, deadlineAtMs: request.deadline_at_ms, now },
        (signal) => validateAdapter(request, engine.info, signal),
      ),
    );
    return context.json(response);
  };
}
