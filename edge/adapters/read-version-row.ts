import type { AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { adapterDetailsSchema } from '#shared/protocol/adapter-details.ts';

/** Columns of `adapter_versions` as statements name them. */
export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly base_model: string;
  readonly template: string;
  readonly bytes: number;
  readonly created_at: number;
  readonly details: string | null;
}

/** Details that this version of the edge cannot read are left out, not an error: they are for people. */
export function readVersionRow(row: VersionRow): AdapterVersion {
  const details = row.details === null ? undefined : adapterDetailsSchema.safeParse(JSON.parse(row.details)).data;
  return {
    name: row.name,
    version: row.version,
    digest: row.digest,
    baseModel: row.base_model,
    template: row.template,
    bytes: row.bytes,
    createdAtMs: row.created_at,
    details: details ?? null,
  };
}
