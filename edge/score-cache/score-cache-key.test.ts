import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScoreCacheKeyParts, scoreCacheKey } from '#edge/score-cache/score-cache-key.ts';

const adapter = { digest: 'a'.repeat(64), name: 'tickets@1' };
const request = { model: 'm', adapter, template: 'clean-1', query: 'q', max_tokens_per_doc: 512 };
const parts: ScoreCacheKeyParts = { tenantId: 't', scoringFingerprint: 'f', request };
const { adapter: _, ...baseRequest } = request;
const { template: __, ...withoutTemplate } = request;

const chunks = { tokens: 512, overlap: 64, count_max: 10 };

describe('scoreCacheKey', () => {
  it.each([{ tokens: 511 }, { overlap: 65 }, { count_max: 11 }])(
    'is another one for chunks of other %o',
    async (change) => {
      const keyOf = (changed: object) =>
        scoreCacheKey({ ...parts, request: { ...request, chunks: { ...chunks, ...changed } } });
      expect(await keyOf(change)).not.toBe(await keyOf({}));
    },
  );

  it.each<[string, Partial<ScoreCacheKeyParts>]>([
    ['tenant', { tenantId: 'u' }],
    ['model, arithmetic or version of the workers', { scoringFingerprint: 'g' }],
    ['model id', { request: { ...request, model: 'n' } }],
    ['version of the adapter', { request: { ...request, adapter: { ...adapter, digest: 'b'.repeat(64) } } }],
    ['adapter or none', { request: baseRequest }],
    ['template', { request: { ...request, template: 'upr-1' } }],
    ['template or the default', { request: withoutTemplate }],
    ['query', { request: { ...request, query: 'Q' } }],
    ['way to split documents, or none', { request: { ...request, chunks } }],
    ['length of documents', { request: { ...request, max_tokens_per_doc: 511 } }],
  ])('is another one for another %s', async (_name, change) => {
    expect(await scoreCacheKey({ ...parts, ...change })).not.toBe(await scoreCacheKey(parts));
  });

  it('is the same for an adapter under another name', async () => {
    const renamed = { ...request, adapter: { ...adapter, name: 'tickets@7' } };
    expect(await scoreCacheKey({ ...parts, request: renamed })).toBe(await scoreCacheKey(parts));
  });

  it('keeps apart parts that would be equal when written one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string({ minLength: 1 }), async (left, right) => {
        const keys = await Promise.all(
          [
            [left, right],
            [left + right, ''],
          ].map(([tenantId = '', query = '']) => scoreCacheKey({ ...parts, tenantId, request: { ...request, query } })),
        );
        expect(keys[0]).not.toBe(keys[1]);
      }),
    );
  });

  it('holds no text', async () => {
    expect(await scoreCacheKey({ ...parts, request: { ...request, query: 'a secret' } })).toMatch(/^[0-9a-f]{64}$/);
  });
});
