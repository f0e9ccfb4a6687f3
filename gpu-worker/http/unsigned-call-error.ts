import { ServiceError } from '#shared/errors/service-error.ts';
import type { CallFault } from '#shared/signed-calls/verify-call.ts';

const sentences: Record<CallFault, string> = {
  missing: 'the call carries no signature',
  malformed: 'the signature is not a token of the edge',
  wrong_key: 'the signature was made with another key',
  expired: 'the signature is older than 60 seconds',
  not_yet_valid: 'the signature is from the future; the clocks differ by more than 5 seconds',
  other_audience: 'the signature is for the edge',
  other_method: 'the signature is for another method',
  other_path: 'the signature is for another path',
  other_body: 'the signature is for another body',
};

/** A call that is refused for its signature; the reason is told, because only an operator ever sees it. */
export class UnsignedCallError extends ServiceError {
  readonly reason: CallFault;

  constructor(reason: CallFault) {
    super('unsigned_call', `This endpoint answers signed calls of the edge only: ${sentences[reason]}.`);
    this.reason = reason;
  }
}
