import { describe, expect, it } from 'vitest';
import { parseChunkFlags } from '#cli/engine/chunk-flags.ts';
import { parseEngineFlags } from '#cli/engine/engine-flags.ts';

describe('the flags of chunks', () => {
  it('ask for nothing where none is given', () => {
    expect(parseChunkFlags({})).toBeUndefined();
    expect(parseEngineFlags({ precision: 'int8' })).toMatchObject({ maxTokensPerDoc: 512, chunks: undefined });
  });

  it('read the whole of a document unless its tokens are limited', () => {
    const settings = parseEngineFlags({ precision: 'int8', 'chunk-tokens': '200' });
    expect(settings).toMatchObject({
      maxTokensPerDoc: 8_192,
      chunks: { tokens: 200, overlap: 25, countMax: 512 },
    });
    const limited = parseEngineFlags({ precision: 'int8', 'max-chunks-per-doc': '3', 'max-tokens-per-doc': '20000' });
    expect(limited).toMatchObject({ maxTokensPerDoc: 20_000, chunks: { tokens: 512, overlap: 64, countMax: 3 } });
  });

  it.each([
    [{ 'chunk-tokens': '63' }, '--chunk-tokens must be an integer from 64 to 8192, not "63".'],
    [{ 'chunk-tokens': '100', 'chunk-overlap': '51' }, '--chunk-overlap must be an integer from 0 to 50, not "51".'],
    [{ 'max-chunks-per-doc': '0' }, '--max-chunks-per-doc must be an integer from 1 to 512, not "0".'],
  ])('refuse %o with the limits', (flags, message) => {
    expect(() => parseChunkFlags(flags)).toThrow(message);
  });
});
