import { SignJWT } from 'jose';
import { digestBody } from '#shared/signed-calls/digest-body.ts';
import { type CallAudience, signedCallLifetimeSeconds } from '#shared/signed-calls/signed-call-claims.ts';

export interface CallToSign {
  readonly key: Uint8Array;
  readonly method: string;
  /** Path with the query string, as sent. */
  readonly path: string;
  /** The exact bytes that are sent; empty for a call without a body. */
  readonly body: Uint8Array;
  readonly nowMs: number;
  /** Absent: a GPU worker. */
  readonly audience?: CallAudience;
}

/** The token of one internal call, for `Authorization: Bearer`: a JWT (HS256) over method, path and the body's digest, good for 60 seconds. */
export async function signCall({ key, method, path, body, nowMs, audience }: CallToSign): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = { method: method.toUpperCase(), path, body_sha256: await digestBody(body) };
  return new SignJWT(audience === undefined ? claims : { ...claims, aud: audience })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + signedCallLifetimeSeconds)
    .setJti(crypto.randomUUID())
    .sign(key);
}
