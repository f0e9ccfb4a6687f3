import { describe, expect, it } from 'vitest';
import { readCacheUse } from '#edge/score-cache/cache-use.ts';

describe('readCacheUse', () => {
  it.each([
    [null, { read: true, store: true }],
    ['', { read: true, store: true }],
    ['max-age=60, no-transform', { read: true, store: true }],
    ['no-cache', { read: false, store: true }],
    ['max-age=0', { read: false, store: true }],
    ['No-Cache, max-age=0', { read: false, store: true }],
    ['no-store', { read: false, store: false }],
    ['no-cache,NO-STORE', { read: false, store: false }],
    ['x-no-store', { read: true, store: true }],
  ])('reads %j as %j', (header, use) => {
    expect(readCacheUse(header)).toEqual(use);
  });
});
