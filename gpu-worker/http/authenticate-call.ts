import { createMiddleware } from 'hono/factory';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { readLimitedBody } from '#gpu-worker/http/read-limited-body.ts';
import { UnsignedCallError } from '#gpu-worker/http/unsigned-call-error.ts';
import { verifyCall } from '#shared/signed-calls/verify-call.ts';

export interface AuthenticateCallOptions {
  readonly keys: readonly Uint8Array[];
  readonly bodyBytesMax: number;
  readonly now: () => number;
}

/** Lets a call pass that carries the edge's signature over exactly this method, path and body; the body is read only once the rest of it holds. */
export function authenticateCall({ keys, bodyBytesMax, now }: AuthenticateCallOptions) {
  return createMiddleware<CallContext>(async (context, next) => {
    const url = new URL(context.req.url);
    let body: Uint8Array = new Uint8Array(0);
    const verification = await verifyCall({
      token: bearerToken(context.req.header('authorization')),
      keys,
      method: context.req.method,
      path: url.pathname + url.search,
      body: async () => {
        body = await readLimitedBody(context.req.raw, bodyBytesMax);
        return body;
      },
      nowMs: now(),
    });
    if (!verification.ok) throw new UnsignedCallError(verification.reason);
    context.set('body', body);
    await next();
  });
}

function bearerToken(header: string | undefined): string | undefined {
  return header?.match(/^Bearer ([^ ]+)$/i)?.[1];
}
