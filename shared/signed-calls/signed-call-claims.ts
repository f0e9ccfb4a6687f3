import { z } from 'zod';

/** Seconds for which a signature is good: long enough for a slow upload of the body, short enough that a leaked one is worth nothing. */
export const signedCallLifetimeSeconds = 60;

/** Seconds by which the clocks of edge and worker may differ. */
export const clockSkewSecondsMax = 5;

/** Bytes of a signing key at least: HS256 is as strong as its key, up to the 32 bytes of the digest (RFC 7518 section 3.2). */
export const signingKeyBytesMin = 32;

/** What a signature covers, beside the registered `iat`, `exp` and `jti`: the call itself, so that it cannot be used for another one. */
export const signedCallClaimsSchema = z.object({
  method: z.string().describe('HTTP method, upper case.'),
  path: z.string().describe('Path with the query string, as sent.'),
  body_sha256: z.string().describe('SHA-256 of the body, hex; of no bytes where there is no body.'),
});

/** Whom a call is meant for. A call to a GPU worker names nobody, as it always did; one to the edge's internal routes names `edge`. */
export type CallAudience = 'edge';
