import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '#shared/canonical-json.ts';

it('sorts keys at every depth and leaves lists as they are', () => {
  expect(canonicalJson({ b: [{ z: 1, a: -0 }, 2], a: 1e21, ü: 'ü"' })).toBe(
    '{"a":1e+21,"b":[{"a":0,"z":1},2],"ü":"ü\\""}',
  );
});

it('is the same after a reader of JSON has written it again with its keys in another order', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, reversed(inner)])); // biome-ignore format: one step
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reversed(JSON.parse(JSON.stringify(value))))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});
