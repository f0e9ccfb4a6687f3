import { describe, expect, it } from 'vitest';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import { parsePeppers } from '#shared/api-keys/parse-peppers.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

const old = 'o'.repeat(32);
const next = 'n'.repeat(40);

describe('parsePeppers', () => {
  it('makes hashes with the first, and knows the others', () => {
    expect(parsePeppers(old)).toEqual({ current: old, others: [] });
    expect(parsePeppers(`${next},${old}`)).toEqual({ current: next, others: [old] });
  });

  it('leaves a pepper that stands alone as it always was', () => {
    expect(parsePeppers(` ${old}\n`).current).toBe(` ${old}\n`);
  });

  it.each([
    ['', 'pepper 1 of 1 has 0 characters; at least 32 are needed'],
    ['x'.repeat(31), 'pepper 1 of 1 has 31 characters; at least 32 are needed'],
    [`${old},`, 'pepper 2 of 2 has 0 characters'],
    [`${next}, ${old}`, 'pepper 2 of 2 begins or ends with white space'],
    [`${next},${old}\n`, 'pepper 2 of 2 begins or ends with white space'],
  ])('refuses %j by its place', (text, message) => {
    expect(() => parsePeppers(text)).toThrow(message);
  });

  it('shows no pepper in a refusal', () => {
    const refused = (text: string) => {
      try {
        return JSON.stringify(parsePeppers(text));
      } catch (error) {
        return String(error);
      }
    };
    expect(refused('secret')).not.toContain('secret');
    expect(refused(`${next},${old} `)).not.toContain('ooo');
  });
});

describe('pepperId', () => {
  it('tells peppers apart, and is no part of a key hash', async () => {
    expect(await pepperId(old)).toMatch(/^[0-9a-f]{16}$/);
    expect(await pepperId(old)).toBe(await pepperId(old));
    expect(await pepperId(next)).not.toBe(await pepperId(old));
    expect(await hashApiKey(old, 'hr_key')).not.toContain(await pepperId(old));
  });
});
