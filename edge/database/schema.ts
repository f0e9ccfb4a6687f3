import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** API keys. The key itself is nowhere: `hash` is HMAC-SHA-256(pepper, key), hex. Times are unix milliseconds. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    /** Separated by spaces. */
    scopes: text('scopes').notNull(),
    createdAtMs: integer('created_at').notNull(),
    expiresAtMs: integer('expires_at'),
    revokedAtMs: integer('revoked_at'),
    /** NULL: the deployment's default. */
    requestsPerMinute: integer('requests_per_minute'),
    /** NULL: no quota. */
    tokensPerDay: integer('tokens_per_day'),
    /** Id of the key that this one was made to take over from. Unique, so that two rotations at once cannot both succeed. */
    replaces: text('replaces'),
  },
  (table) => [
    uniqueIndex('api_keys_hash').on(table.hash),
    uniqueIndex('api_keys_replaces').on(table.replaces),
    index('api_keys_tenant').on(table.tenantId),
  ],
);

/** What each key used on each day (UTC): counters that only grow. */
export const usageDays = sqliteTable(
  'usage_days',
  {
    tenantId: text('tenant_id').notNull(),
    keyId: text('key_id').notNull(),
    /** `2026-11-23`. */
    day: text('day').notNull(),
    requests: integer('requests').notNull(),
    searchUnits: integer('search_units').notNull(),
    tokens: integer('tokens').notNull(),
    /** Of `tokens`, those that no worker computed. */
    cachedTokens: integer('cached_tokens').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.day] }),
    index('usage_days_tenant_day').on(table.tenantId, table.day),
  ],
);

/** Adapter versions: immutable, each known by the SHA-256 of its file. A name's newest version is its highest number. */
export const adapterVersions = sqliteTable(
  'adapter_versions',
  {
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    /** SHA-256 of the adapter file, hex. */
    digest: text('digest').notNull(),
    baseModel: text('base_model').notNull(),
    template: text('template').notNull(),
    /** Size of the file. */
    bytes: integer('bytes').notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('adapter_versions_tenant_name_version').on(table.tenantId, table.name, table.version)],
);
