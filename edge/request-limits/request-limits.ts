import { innermostCause } from '#edge/http/innermost-cause.ts';
import type { Log } from '#edge/log.ts';
import { chooseLimit } from '#edge/request-limits/choose-limit.ts';

/** The part of Cloudflare's rate-limit binding that is used. */
export interface RequestLimiter {
  readonly limit: (options: { readonly key: string }) => Promise<{ readonly success: boolean }>;
}

export interface RequestLimitsOptions {
  /** Requests per minute → the limiter that counts to it. */
  readonly limiters: ReadonlyMap<number, RequestLimiter>;
  /** Requests per minute of keys without a limit of their own; 0: none. */
  readonly defaultLimit: number;
  readonly log: Log;
}

export type RequestVerdict =
  | { readonly kind: 'allowed' | 'limited' /** Requests per minute. */; readonly limit: number }
  | { readonly kind: 'unlimited' };

export interface RequestLimits {
  /** Requests per minute that a key may be given, ascending. */
  readonly offered: readonly number[];
  /** Counts one request of the key. `wanted`: the key's own requests per minute, null: the default. */
  readonly take: (keyId: string, wanted: number | null) => Promise<RequestVerdict>;
}

/** Requests per minute by Cloudflare's own counters, which each location keeps for itself. A limiter that fails lets requests through: it guards capacity, not data. */
export function createRequestLimits({ limiters, defaultLimit, log }: RequestLimitsOptions): RequestLimits {
  const offered = [...limiters.keys()].sort((left, right) => left - right);
  return {
    offered,
    take: async (keyId, wanted) => {
      const limit = chooseLimit(offered, wanted, defaultLimit);
      const limiter = limit === undefined ? undefined : limiters.get(limit);
      if (limit === undefined || limiter === undefined) return { kind: 'unlimited' };
      try {
        const { success } = await limiter.limit({ key: keyId });
        return { kind: success ? 'allowed' : 'limited', limit };
      } catch (error) {
        log({ level: 'error', event: 'rate_limiter_failed', keyId, message: innermostCause(error).message });
        return { kind: 'allowed', limit };
      }
    },
  };
}
