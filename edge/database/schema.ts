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
    /** `pepperId` of the pepper that `hash` was made with. NULL: written by code that did not say. */
    pepperId: text('pepper_id'),
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

/**
 * Adapter versions: immutable, each known by the SHA-256 of its file. A name's newest version is its highest number that is not deleted; numbers
 * are never used again.
 */
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
    /** JSON of shared/protocol/adapter-details.ts; NULL for a version that no worker has checked. */
    details: text('details'),
    deletedAtMs: integer('deleted_at'),
    /** When the file was deleted from the store: no version names it any more. */
    fileDeletedAtMs: integer('file_deleted_at'),
  },
  (table) => [
    uniqueIndex('adapter_versions_tenant_name_version').on(table.tenantId, table.name, table.version),
    index('adapter_versions_digest').on(table.digest),
  ],
);

/** Where aliases have pointed, move by move. An alias points at the version of its last move that is not undone; a roll back undoes one. */
export const adapterAliasMoves = sqliteTable(
  'adapter_alias_moves',
  {
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    alias: text('alias').notNull(),
    /** From 1, per alias. */
    sequence: integer('sequence').notNull(),
    version: integer('version').notNull(),
    movedAtMs: integer('moved_at').notNull(),
    undoneAtMs: integer('undone_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name, table.alias, table.sequence] })],
);

/** Uploads that are not finished, and finished ones whose presigned URLs still work. Each has one object, `uploads/ID`. */
export const adapterUploads = sqliteTable(
  'adapter_uploads',
  {
    id: text('id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    bytes: integer('bytes').notNull(),
    /** SHA-256, hex. NULL while the bytes of a streamed upload come in. */
    digest: text('digest'),
    /** The store's id of a multipart upload; NULL: the object is sent in one piece. */
    multipartId: text('multipart_id'),
    /** SHA-256 of each part, hex, separated by spaces; NULL where there are no parts. */
    partDigests: text('part_digests'),
    state: text('state', { enum: ['open', 'completing', 'done', 'sweeping'] }).notNull(),
    /** The version that it became. */
    version: integer('version'),
    createdAtMs: integer('created_at').notNull(),
    /** From then on it cannot be completed, and is swept. */
    expiresAtMs: integer('expires_at').notNull(),
    /** When it was last claimed by a completion or a sweep. */
    claimedAtMs: integer('claimed_at'),
  },
  (table) => [
    index('adapter_uploads_expires').on(table.expiresAtMs),
    index('adapter_uploads_tenant').on(table.tenantId),
    index('adapter_uploads_digest').on(table.digest),
  ],
);

/** Files that are being deleted from the store because no version names them: no upload of the same bytes may lean on them meanwhile. */
export const adapterDeletions = sqliteTable('adapter_deletions', {
  /** SHA-256 of the file, hex. */
  digest: text('digest').primaryKey(),
  claimedAtMs: integer('claimed_at').notNull(),
});
