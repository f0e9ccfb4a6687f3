import type { D1Database } from '@cloudflare/workers-types';
import { and, asc, between, desc, eq, sql, sum } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { usageDays } from '#edge/database/schema.ts';
import type { UsageCounts, UsageEntry } from '#edge/usage/usage-counts.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

export interface UsageRange {
  readonly tenantId: string;
  /** First and last day. */
  readonly from: string;
  readonly to: string;
  /** Only this key's. */
  readonly keyId?: string | undefined;
}

/** Counters in D1. Every list names the tenant. */
export interface UsageStore {
  /** Adds to the counters, all or none. */
  readonly add: (entries: readonly UsageEntry[]) => Promise<void>;
  readonly tokensUsed: (keyId: string, day: string) => Promise<number>;
  /** One row a day on which there was any use, the first day first. Throws ServiceError `usage_unavailable`. */
  readonly byDay: (range: UsageRange) => Promise<(UsageCounts & { readonly day: string })[]>;
  /** One row a key, the one with the most tokens first; at most 1,000. Throws ServiceError `usage_unavailable`. */
  readonly byKey: (range: UsageRange) => Promise<(UsageCounts & { readonly keyId: string })[]>;
}

const sums = {
  requests: sum(usageDays.requests).mapWith(Number),
  searchUnits: sum(usageDays.searchUnits).mapWith(Number),
  tokens: sum(usageDays.tokens).mapWith(Number),
  cachedTokens: sum(usageDays.cachedTokens).mapWith(Number),
};

/** The stored counter and what the statement would have inserted. */
const increased = {
  requests: sql`${usageDays.requests} + excluded.requests`,
  searchUnits: sql`${usageDays.searchUnits} + excluded.search_units`,
  tokens: sql`${usageDays.tokens} + excluded.tokens`,
  cachedTokens: sql`${usageDays.cachedTokens} + excluded.cached_tokens`,
};

export function createUsageStore(database: D1Database): UsageStore {
  const db = drizzle(database);
  const inRange = ({ tenantId, from, to, keyId }: UsageRange) =>
    and(
      eq(usageDays.tenantId, tenantId),
      between(usageDays.day, from, to),
      keyId === undefined ? undefined : eq(usageDays.keyId, keyId),
    );
  return {
    add: async (entries) => {
      const statements = entries.map((entry) =>
        db
          .insert(usageDays)
          .values(entry)
          .onConflictDoUpdate({ target: [usageDays.keyId, usageDays.day], set: increased }),
      );
      const [first, ...others] = statements;
      if (first !== undefined) await db.batch([first, ...others]);
    },
    tokensUsed: async (keyId, day) => {
      const wanted = and(eq(usageDays.keyId, keyId), eq(usageDays.day, day));
      const [row] = await db.select({ tokens: usageDays.tokens }).from(usageDays).where(wanted).limit(1);
      return row?.tokens ?? 0;
    },
    byDay: (range) => {
      const query = db
        .select({ day: usageDays.day, ...sums })
        .from(usageDays)
        .where(inRange(range));
      return answered(query.groupBy(usageDays.day).orderBy(asc(usageDays.day)));
    },
    byKey: (range) => {
      const query = db
        .select({ keyId: usageDays.keyId, ...sums })
        .from(usageDays)
        .where(inRange(range));
      const ordered = query.groupBy(usageDays.keyId).orderBy(desc(sums.tokens), asc(usageDays.keyId));
      return answered(ordered.limit(limits.listedUsageRowsMax));
    },
  };
}

async function answered<Value>(query: PromiseLike<Value>): Promise<Value> {
  try {
    return await query;
  } catch (cause) {
    throw new ServiceError('usage_unavailable', undefined, { retryAfterSeconds: 5, cause });
  }
}
