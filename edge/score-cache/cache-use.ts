/** What a request lets the score cache do. */
export interface CacheUse {
  /** Whether scores may come from the cache. */
  readonly read: boolean;
  /** Whether fresh scores may be kept. */
  readonly store: boolean;
}

/**
 * The request's Cache-Control, as RFC 9111 means it: `no-store` neither reads nor keeps, `no-cache` (and `max-age=0`) scores anew and keeps the result.
 * Other directives say nothing here, since equal requests have equal scores however old.
 */
export function readCacheUse(cacheControl: string | null): CacheUse {
  const directives = (cacheControl ?? '').split(',').map((directive) => directive.trim().toLowerCase());
  const store = !directives.includes('no-store');
  return { store, read: store && !directives.includes('no-cache') && !directives.includes('max-age=0') };
}
