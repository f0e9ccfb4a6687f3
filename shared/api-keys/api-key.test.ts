import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiKeyRandomBytes, createApiKey, isWellFormedApiKey } from '#shared/api-keys/api-key.ts';
import { createApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import { base32Alphabet } from '#shared/api-keys/base32.ts';
import { crc32 } from '#shared/api-keys/crc32.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

const anyBytes = fc.uint8Array({ minLength: apiKeyRandomBytes, maxLength: apiKeyRandomBytes });
const keyOf = (bytes: Uint8Array) => createApiKey(() => bytes);

describe('createApiKey', () => {
  it('makes keys that are well formed, and different for different bytes', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        expect(isWellFormedApiKey(keyOf(left))).toBe(true);
        expect(keyOf(left) === keyOf(right)).toBe(left.every((byte, index) => byte === right[index]));
      }),
    );
  });

  it('carries all 160 bits', () => {
    const keys = Array.from({ length: 160 }, (_, bit) => {
      const bytes = new Uint8Array(apiKeyRandomBytes);
      bytes[bit >> 3] = 1 << (bit & 7);
      return keyOf(bytes).slice(0, 35);
    });
    expect(new Set(keys).size).toBe(160);
  });

  it('refuses a source that gives too few bytes', () => {
    expect(() => createApiKey(() => new Uint8Array(16))).toThrow('an API key needs 20 random bytes, got 16');
  });
});

describe('isWellFormedApiKey', () => {
  it('refuses a key with any one character changed', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(38), fc.nat(31), (bytes, place, digit) => {
        const key = keyOf(bytes);
        const at = place + 3;
        const changed = key.slice(0, at) + base32Alphabet.charAt(digit) + key.slice(at + 1);
        expect(isWellFormedApiKey(changed)).toBe(changed === key);
      }),
    );
  });

  it.each(['', 'hr_', 'None', 'sk-abc', `hr_${'0'.repeat(38)}`, `hr_${'I'.repeat(39)}`])('refuses %j', (text) => {
    expect(isWellFormedApiKey(text)).toBe(false);
  });

  it('refuses a key with white space around it', () => {
    const key = keyOf(new Uint8Array(apiKeyRandomBytes));
    expect(isWellFormedApiKey(`${key}\n`)).toBe(false);
    expect(isWellFormedApiKey(` ${key}`)).toBe(false);
  });
});

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('hashApiKey', () => {
  it('is HMAC-SHA-256, as RFC 4231 test case 2 computes it', async () => {
    expect(await hashApiKey('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('createApiKeyRow', () => {
  it('holds the hash and never the key', async () => {
    const key = keyOf(new Uint8Array(apiKeyRandomBytes).fill(9));
    const input = {
      key,
      pepper: 'p',
      id: 'key_1',
      tenantId: 't',
      name: 'first',
      scopes: ['rerank'],
      createdAtMs: 5,
    } as const;
    const row = await createApiKeyRow(input);
    expect(row).toEqual({
      id: 'key_1',
      tenant_id: 't',
      name: 'first',
      hash: await hashApiKey('p', key),
      scopes: 'rerank',
      created_at: 5,
      expires_at: null,
      revoked_at: null,
      requests_per_minute: null,
      tokens_per_day: null,
      replaces: null,
      pepper_id: await pepperId('p'),
    });
    expect(JSON.stringify(row)).not.toContain(key.slice(3, 20));
  });
});
