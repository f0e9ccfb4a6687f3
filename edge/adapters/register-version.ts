import type { D1Database } from '@cloudflare/workers-types';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { askRegistry } from '#edge/adapters/ask-registry.ts';
import { readVersionRow, type VersionRow } from '#edge/adapters/read-version-row.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';

export interface VersionToRegister {
  readonly tenantId: string;
  readonly name: string;
  readonly digest: string;
  readonly baseModel: string;
  readonly bytes: number;
  readonly details: AdapterDetails;
  readonly nowMs: number;
}

export interface Registered {
  readonly version: AdapterVersion;
  /** false: the name's newest version was of these bytes already, so that an upload may be repeated. */
  readonly created: boolean;
}

/**
 * Makes the file the newest version of its name. One statement, so that two uploads at once get two numbers. Throws ServiceError
 * `too_many_adapters`, `adapter_store_unavailable`.
 */
export async function registerVersion(database: D1Database, wanted: VersionToRegister): Promise<Registered> {
  const { tenantId, name, digest, baseModel, bytes, details, nowMs } = wanted;
  const db = drizzle(database);
  const named = sql`tenant_id = ${tenantId} AND name = ${name}`;
  const live = sql`tenant_id = ${tenantId} AND deleted_at IS NULL`;
  const columns = sql`name, version, digest, base_model, template, bytes, created_at, details`;
  const newest = sql`SELECT MAX(version) FROM adapter_versions WHERE ${named} AND deleted_at IS NULL AND base_model = ${baseModel}`;
  const insert = sql`
    INSERT INTO adapter_versions (tenant_id, name, version, digest, base_model, template, bytes, created_at, details)
    SELECT ${tenantId}, ${name}, (SELECT COALESCE(MAX(version), 0) + 1 FROM adapter_versions WHERE ${named}),
      ${digest}, ${baseModel}, ${details.template}, ${bytes}, ${nowMs}, ${JSON.stringify(details)}
    WHERE (SELECT COUNT(*) FROM adapter_versions WHERE ${live}) < ${limits.adapterVersionsMax}
      AND NOT EXISTS (SELECT 1 FROM adapter_versions WHERE ${named} AND version = (${newest}) AND digest = ${digest})
    RETURNING ${columns}`;
  const [created] = await askRegistry(db.all<VersionRow>(insert));
  if (created !== undefined) return { version: readVersionRow(created), created: true };
  const same = sql`SELECT ${columns} FROM adapter_versions WHERE ${named} AND version = (${newest}) AND digest = ${digest}`;
  const [existing] = await askRegistry(db.all<VersionRow>(same));
  if (existing !== undefined) return { version: readVersionRow(existing), created: false };
  const message = `The tenant has ${limits.adapterVersionsMax} adapter versions, which is the limit; delete some first.`;
  throw new ServiceError('too_many_adapters', message);
}
