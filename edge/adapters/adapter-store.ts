import type { D1Database } from '@cloudflare/workers-types';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { AdapterAlias, AdapterStore, VersionSelector } from '#edge/adapters/adapter-version.ts';
import { currentAliases } from '#edge/adapters/current-aliases.ts';
import { readVersionRow, type VersionRow } from '#edge/adapters/read-version-row.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Rows read for one list. */
const listedRowsMax = 1_000;

interface AliasRow {
  readonly name: string;
  readonly alias: string;
  readonly version: number;
  readonly previous_version: number | null;
  readonly moved_at: number;
}

/** Adapter versions in D1. Every query names the tenant; adapters of another base model do not exist here. */
export function createAdapterStore(database: D1Database, baseModel: string): AdapterStore {
  const db = drizzle(database);
  const columns = sql`v.name, v.version, v.digest, v.base_model, v.template, v.bytes, v.created_at, v.details`;
  const ofTenant = (tenantId: string) =>
    sql`v.tenant_id = ${tenantId} AND v.base_model = ${baseModel} AND v.deleted_at IS NULL`;
  const ofName = (name: string | undefined) => (name === undefined ? sql`` : sql`AND v.name = ${name}`);
  return {
    find: async (tenantId, name, selector) => {
      const wanted = sql`${ofTenant(tenantId)} ${ofName(name)} ${selected(tenantId, name, selector)}`;
      const query = sql`SELECT ${columns} FROM adapter_versions v WHERE ${wanted} ORDER BY v.version DESC LIMIT 1`;
      const [row] = await answered(db.all<VersionRow>(query), `adapter "${name}"`);
      return row === undefined ? undefined : readVersionRow(row);
    },
    list: async (tenantId, name) => {
      const wanted = sql`${ofTenant(tenantId)} ${ofName(name)}`;
      const ordered = sql`ORDER BY v.name, v.version DESC LIMIT ${listedRowsMax}`;
      const query = sql`SELECT ${columns} FROM adapter_versions v WHERE ${wanted} ${ordered}`;
      return (await answered(db.all<VersionRow>(query), 'the list of adapters')).map(readVersionRow);
    },
    listAliases: async (tenantId, name) => {
      const joined = sql`${currentAliases} a JOIN adapter_versions v
        ON v.tenant_id = a.tenant_id AND v.name = a.name AND v.version = a.version`;
      const query = sql`SELECT a.name, a.alias, a.version, a.previous_version, a.moved_at FROM ${joined}
        WHERE ${ofTenant(tenantId)} ${ofName(name)} ORDER BY a.name, a.alias LIMIT ${listedRowsMax}`;
      return (await answered(db.all<AliasRow>(query), 'the list of aliases')).map(readAliasRow);
    },
  };
}

function selected(tenantId: string, name: string, selector: VersionSelector): SQL {
  switch (selector.kind) {
    case 'newest':
      return sql``;
    case 'version':
      return sql`AND v.version = ${selector.version}`;
    case 'alias':
      return sql`AND v.version = (SELECT a.version FROM ${currentAliases} a
        WHERE a.tenant_id = ${tenantId} AND a.name = ${name} AND a.alias = ${selector.alias})`;
  }
}

function readAliasRow(row: AliasRow): AdapterAlias {
  const { name, alias, version } = row;
  return { name, alias, version, previousVersion: row.previous_version, movedAtMs: row.moved_at };
}

async function answered<Value>(query: PromiseLike<Value>, wanted: string): Promise<Value> {
  try {
    return await query;
  } catch (cause) {
    const message = `The adapter registry does not answer, so ${wanted} cannot be read; retry, or leave out the model for the base model.`;
    throw new ServiceError('adapter_unavailable', message, { param: 'model', retryAfterSeconds: 5, cause });
  }
}
