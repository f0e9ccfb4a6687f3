import { base64url, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseSigningKeys } from '#shared/signed-calls/parse-signing-keys.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import { type CallToVerify, verifyCall } from '#shared/signed-calls/verify-call.ts';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);
const nowMs = Date.UTC(2026, 0, 1);
const body = new TextEncoder().encode('{"query":"q"}');
const call = { key, method: 'POST', path: '/v1/score', body, nowMs };

async function verify(changes: Partial<CallToVerify> = {}) {
  const token = await signCall(call);
  return verifyCall({ token, keys: [key], method: 'POST', path: '/v1/score', body, nowMs, ...changes });
}

describe('verifyCall', () => {
  it('accepts the call that was signed, and gives each signature an id of its own', async () => {
    const first = await verify();
    const second = await verify();
    expect(first.ok && second.ok && first.id !== second.id).toBe(true);
  });

  it('accepts either key while keys rotate, and refuses a key that is out of the list', async () => {
    expect((await verify({ keys: [otherKey, key] })).ok).toBe(true);
    expect((await verify({ keys: [key, otherKey] })).ok).toBe(true);
    expect(await verify({ keys: [otherKey] })).toEqual({ ok: false, reason: 'wrong_key' });
    expect(await verify({ keys: [] })).toEqual({ ok: false, reason: 'wrong_key' });
  });

  it('refuses another method, path, query string or body under a good signature', async () => {
    expect(await verify({ method: 'GET' })).toEqual({ ok: false, reason: 'other_method' });
    expect(await verify({ path: '/info' })).toEqual({ ok: false, reason: 'other_path' });
    expect(await verify({ path: '/v1/score?x=1' })).toEqual({ ok: false, reason: 'other_path' });
    expect(await verify({ body: new TextEncoder().encode('{"query":"r"}') })).toEqual({
      ok: false,
      reason: 'other_body',
    });
  });

  it('cannot be replayed on the other side: a call to the edge at a worker, or a call to a worker at the edge', async () => {
    const token = await signCall({ ...call, audience: 'edge' });
    expect((await verify({ token, audience: 'edge' })).ok).toBe(true);
    expect(await verify({ token })).toEqual({ ok: false, reason: 'other_audience' });
    expect(await verify({ audience: 'edge' })).toEqual({ ok: false, reason: 'other_audience' });
  });

  it('reads no body under a signature that fails for another reason', async () => {
    const unread = () => Promise.reject(new Error('the body was read'));
    expect(await verify({ body: unread, path: '/info' })).toEqual({ ok: false, reason: 'other_path' });
    expect(await verify({ body: unread, keys: [otherKey] })).toEqual({ ok: false, reason: 'wrong_key' });
    expect((await verify({ body: () => Promise.resolve(body) })).ok).toBe(true);
  });

  it('lives 60 seconds, give or take the 5 that clocks may differ', async () => {
    expect((await verify({ nowMs: nowMs + 64_000 })).ok).toBe(true);
    expect(await verify({ nowMs: nowMs + 66_000 })).toEqual({ ok: false, reason: 'expired' });
    expect((await verify({ nowMs: nowMs - 5_000 })).ok).toBe(true);
    expect(await verify({ nowMs: nowMs - 6_000 })).toEqual({ ok: false, reason: 'not_yet_valid' });
  });

  it('refuses no token, what is not a token, and a changed payload or signature', async () => {
    expect(await verify({ token: undefined })).toEqual({ ok: false, reason: 'missing' });
    expect(await verify({ token: '' })).toEqual({ ok: false, reason: 'missing' });
    expect(await verify({ token: 'a.b' })).toEqual({ ok: false, reason: 'malformed' });
    const [header, , signature] = (await signCall(call)).split('.');
    const payload = base64url.encode(JSON.stringify({ method: 'POST', path: '/info' }));
    expect(await verify({ token: `${header}.${payload}.${signature}` })).toEqual({ ok: false, reason: 'wrong_key' });
  });

  it('refuses an unsigned token and one whose signer gave it a longer life', async () => {
    const seconds = nowMs / 1000;
    const none = `${base64url.encode('{"alg":"none"}')}.${base64url.encode(JSON.stringify({ exp: seconds + 60 }))}.`;
    expect(await verify({ token: none })).toEqual({ ok: false, reason: 'malformed' });
    const longLived = await new SignJWT({ method: 'POST', path: '/v1/score', body_sha256: '' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(seconds - 3600)
      .setExpirationTime(seconds + 3600)
      .setJti('x')
      .sign(key);
    expect(await verify({ token: longLived })).toEqual({ ok: false, reason: 'expired' });
  });
});

describe('parseSigningKeys', () => {
  it('reads one key or several', () => {
    expect(parseSigningKeys(`${base64url.encode(key)}, ${base64url.encode(otherKey)}`)).toEqual([key, otherKey]);
  });

  it('refuses a short or garbled key without showing it', () => {
    expect(() => parseSigningKeys(`${base64url.encode(key)},c2VjcmV0`)).toThrow(
      'signing key 2 of 2 has 6 bytes; at least 32 are needed',
    );
    expect(() => parseSigningKeys('')).toThrow('signing key 1 of 1 has 0 bytes; at least 32 are needed');
    expect(() => parseSigningKeys('$$$')).toThrow(/^signing key 1/);
  });
});
