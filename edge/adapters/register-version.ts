import type { D1Database } from '@cloudflare/workers-types';
import { type SQL, sql } from 'drizzle-orm';
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

/** Columns that VersionRow has. */
export const versionColumns = sql`name, version, digest, base_model, template, bytes, created_at, details`;

/**
 * The statement that makes the file the newest version of its name, and returns it; nothing where the newest is of these bytes already, the tenant has too
 * many, or `condition` does not hold. One statement, so that two uploads at once get two numbers.
 */
export function insertVersion(wanted: VersionToRegister, condition: SQL = sql`TRUE`): SQL {
  const { tenantId, name, digest, baseModel, bytes, details, nowMs } = wanted;
  const live = sql`tenant_id = ${tenantId} AND deleted_at IS NULL`;
  return sql`
    INSERT INTO adapter_versions (tenant_id, name, version, digest, base_model, template, bytes, created_at, details)
    SELECT ${tenantId}, ${name}, (SELECT COALESCE(MAX(version), 0) + 1 FROM adapter_versions
        WHERE tenant_id = ${tenantId} AND name = ${name}),
      ${digest}, ${baseModel}, ${details.template}, ${bytes}, ${nowMs}, ${JSON.stringify(details)}
    WHERE (SELECT COUNT(*) FROM adapter_versions WHERE ${live}) < ${limits.adapterVersionsMax}
      AND NOT EXISTS (${newestOfDigest(wanted, sql`1`)}) AND ${condition}
    RETURNING ${versionColumns}`;
}

/** The newest version of the name, where it is of these bytes. */
function newestOfDigest({ tenantId, name, digest, baseModel }: VersionToRegister, columns: SQL): SQL {
  const named = sql`tenant_id = ${tenantId} AND name = ${name}`;
  const newest = sql`SELECT MAX(version) FROM adapter_versions WHERE ${named} AND deleted_at IS NULL AND base_model = ${baseModel}`;
  return sql`SELECT ${columns} FROM adapter_versions WHERE ${named} AND version = (${newest}) AND digest = ${digest}`;
}

export function tooManyVersions(): ServiceError {
  const message = `The tenant has ${limits.adapterVersionsMax} adapter versions, which is the limit; delete some first.`;
  return new ServiceError('too_many_adapters', message);
}

/** Makes the file the newest version of its name. Throws ServiceError `too_many_adapters`, `adapter_store_unavailable`. */
export async function registerVersion(database: D1Database, wanted: VersionToRegister): Promise<Registered> {
  const db = drizzle(database);
  const [created] = await askRegistry(db.all<VersionRow>(insertVersion(wanted)));
  if (created !== undefined) return { version: readVersionRow(created), created: true };
  const [existing] = await askRegistry(db.all<VersionRow>(newestOfDigest(wanted, versionColumns)));
  if (existing !== undefined) return { version: readVersionRow(existing), created: false };
  throw tooManyVersions();
}
