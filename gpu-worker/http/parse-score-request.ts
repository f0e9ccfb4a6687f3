import { parseCallBody } from '#gpu-worker/http/parse-call-body.ts';
import { type ScoreRequest, scoreRequestSchema } from '#shared/protocol/score.ts';

/** The body of `POST /v1/score`. Throws as parseCallBody does. */
export function parseScoreRequest(body: Uint8Array): ScoreRequest {
  return parseCallBody(body, scoreRequestSchema);
}
