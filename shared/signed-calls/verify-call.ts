import { errors, type JWTPayload, jwtVerify } from 'jose';
import { digestBody } from '#shared/signed-calls/digest-body.ts';
import {
  type CallAudience,
  clockSkewSecondsMax,
  signedCallClaimsSchema,
  signedCallLifetimeSeconds,
} from '#shared/signed-calls/signed-call-claims.ts';

export interface CallToVerify {
  readonly token: string | undefined;
  /** Keys that are accepted: while keys rotate, the new one and the old one. */
  readonly keys: readonly Uint8Array[];
  readonly method: string;
  readonly path: string;
  /** The bytes that came, or how to get them: then they are read only once everything else of the signature holds. */
  readonly body: Uint8Array | (() => Promise<Uint8Array>);
  readonly nowMs: number;
  /** Whom the call must be meant for; absent: a GPU worker, so that a call to the edge cannot be replayed at one. */
  readonly audience?: CallAudience;
}

export type CallFault =
  | 'missing'
  | 'malformed'
  | 'wrong_key'
  | 'expired'
  | 'not_yet_valid'
  | 'other_audience'
  | 'other_method'
  | 'other_path'
  | 'other_body';

export type CallVerification =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: CallFault };

/** Whether the token was made by `signCall` with one of the keys, within the last minute, for exactly this call and receiver. */
export async function verifyCall(call: CallToVerify): Promise<CallVerification> {
  if (call.token === undefined || call.token === '') return fault('missing');
  const verified = await verifyWithAnyKey(call.token, call.keys, call.nowMs);
  if ('reason' in verified) return fault(verified.reason);
  const claims = signedCallClaimsSchema.safeParse(verified.payload);
  if (!claims.success || verified.payload.jti === undefined) return fault('malformed');
  if (verified.payload.aud !== call.audience) return fault('other_audience');
  if (claims.data.method !== call.method.toUpperCase()) return fault('other_method');
  if (claims.data.path !== call.path) return fault('other_path');
  const body = typeof call.body === 'function' ? await call.body() : call.body;
  if (claims.data.body_sha256 !== (await digestBody(body))) return fault('other_body');
  return { ok: true, id: verified.payload.jti };
}

type KeyOutcome = { readonly payload: JWTPayload } | { readonly reason: CallFault };

/** Only a signature that does not match sends us to the next key; any other fault is the token's own. */
async function verifyWithAnyKey(token: string, keys: readonly Uint8Array[], nowMs: number): Promise<KeyOutcome> {
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        currentDate: new Date(nowMs),
        clockTolerance: clockSkewSecondsMax,
        maxTokenAge: signedCallLifetimeSeconds,
        requiredClaims: ['exp', 'jti'],
      });
      return { payload };
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return { reason: reasonOf(error) };
    }
  }
  return { reason: 'wrong_key' };
}

function reasonOf(error: unknown): CallFault {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat') return 'not_yet_valid';
  if (error instanceof errors.JOSEError || error instanceof TypeError) return 'malformed';
  throw error;
}

function fault(reason: CallFault): CallVerification {
  return { ok: false, reason };
}
