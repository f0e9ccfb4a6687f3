import { adapterNotFound } from '#edge/adapters/adapter-not-found.ts';
import type { AdapterAlias } from '#edge/adapters/adapter-version.ts';
import type { AdapterParts } from '#edge/adapters/delete-adapter.ts';
import { moveAlias, removeAlias, rollBackAlias } from '#edge/adapters/move-alias.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface AliasNamed {
  readonly tenantId: string;
  readonly name: string;
  readonly alias: string;
}

/** Sets or moves an alias and returns where it points. Throws ServiceError `adapter_not_found`, `adapter_unavailable`, `adapter_store_unavailable`. */
export async function pointAlias(parts: AdapterParts, named: AliasNamed, version: number): Promise<AdapterAlias> {
  const { database, baseModel, now } = parts.adapterManagement;
  await moveAlias(database, { ...named, version, baseModel, nowMs: now() });
  const current = await findAlias(parts, named);
  // Also where the version was there and another request moved the alias on: then the version is still there.
  const selector = { kind: 'version', version } as const;
  const moved = current?.version === version || (await parts.adapters.find(named.tenantId, named.name, selector));
  if (current === undefined || !moved) throw adapterNotFound(`${named.name}@${version}`);
  return current;
}

/**
 * Points an alias back at the version that it pointed at before. `from`: only if it points there. Throws ServiceError `adapter_not_found`,
 * `no_previous_version`, `alias_moved`, `adapter_unavailable`, `adapter_store_unavailable`.
 */
export async function goBack(parts: AdapterParts, named: AliasNamed, from: number | undefined): Promise<AdapterAlias> {
  const { database, baseModel, now } = parts.adapterManagement;
  const current = await findAlias(parts, named);
  const reference = `${named.name}@${named.alias}`;
  if (current === undefined) throw adapterNotFound(reference);
  if (from !== undefined && from !== current.version) throw moved(reference, current.version, from);
  if (current.previousVersion === null) {
    const message = `Alias "${reference}" points at version ${current.version} and has pointed at no other that still exists.`;
    throw new ServiceError('no_previous_version', message);
  }
  const done = await rollBackAlias(database, { ...named, baseModel, from: current.version, nowMs: now() });
  const after = await findAlias(parts, named);
  if (!done || after === undefined) throw moved(reference, after?.version, current.version);
  return after;
}

/** Takes an alias away. Throws ServiceError `adapter_not_found`, `adapter_store_unavailable`. */
export async function dropAlias({ adapterManagement }: AdapterParts, named: AliasNamed): Promise<void> {
  const { database, now } = adapterManagement;
  if (await removeAlias(database, { ...named, nowMs: now() })) return;
  throw adapterNotFound(`${named.name}@${named.alias}`);
}

async function findAlias({ adapters }: AdapterParts, { tenantId, name, alias }: AliasNamed) {
  return (await adapters.listAliases(tenantId, name)).find((one) => one.alias === alias);
}

function moved(reference: string, version: number | undefined, from: number): ServiceError {
  const now = version === undefined ? 'is gone' : `points at version ${version}`;
  return new ServiceError('alias_moved', `Alias "${reference}" ${now}, not at version ${from}; nothing was changed.`);
}
