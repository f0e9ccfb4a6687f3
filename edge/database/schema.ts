import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

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
  },
  (table) => [uniqueIndex('api_keys_hash').on(table.hash), index('api_keys_tenant').on(table.tenantId)],
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
