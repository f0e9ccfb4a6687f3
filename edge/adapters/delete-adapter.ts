import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { adapterNotFound } from '#edge/adapters/adapter-not-found.ts';
import type { AdapterStore } from '#edge/adapters/adapter-version.ts';
import { deleteVersions } from '#edge/adapters/delete-versions.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface AdapterParts {
  readonly adapters: AdapterStore;
  readonly adapterManagement: AdapterManagement;
}

export interface AdapterToDelete {
  readonly tenantId: string;
  readonly name: string;
  /** undefined: all versions. */
  readonly version: number | undefined;
}

/**
 * Deletes versions and says which, newest first. The bytes go with the next sweep, if no other version has them. Throws ServiceError
 * `adapter_in_use` naming the aliases, `adapter_not_found`, `adapter_unavailable`, `adapter_store_unavailable`.
 */
export async function deleteAdapter(
  { adapters, adapterManagement }: AdapterParts,
  { tenantId, name, version }: AdapterToDelete,
): Promise<number[]> {
  const { database, baseModel, now } = adapterManagement;
  const deleted = await deleteVersions(database, { tenantId, name, version, baseModel, nowMs: now() });
  if (deleted.length > 0) return deleted.sort((left, right) => right - left);
  const reference = version === undefined ? name : `${name}@${version}`;
  const aliases = await adapters.listAliases(tenantId, name);
  const pointing = aliases.filter((alias) => version === undefined || alias.version === version);
  if (pointing.length === 0) throw adapterNotFound(reference);
  const names = pointing.map((alias) => `"${alias.alias}" (version ${alias.version})`).join(', ');
  throw new ServiceError(
    'adapter_in_use',
    `Adapter "${reference}" cannot be deleted: ${names} points at it; move the alias first.`,
  );
}
