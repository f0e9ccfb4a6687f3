import type { AdapterAlias, AdapterVersion } from '#edge/adapters/adapter-version.ts';
import type {
  AdapterAliasResponse,
  AdapterResponse,
  AdapterVersionResponse,
} from '#shared/protocol/adapter-response.ts';

/** A version as its owner sees it. `aliases` — those of its name, or of the tenant. */
export function shapeVersion(version: AdapterVersion, aliases: readonly AdapterAlias[]): AdapterVersionResponse {
  const pointing = aliases.filter((alias) => alias.name === version.name && alias.version === version.version);
  return {
    object: 'adapter_version',
    id: `${version.name}@${version.version}`,
    name: version.name,
    version: version.version,
    digest: version.digest,
    bytes: version.bytes,
    base_model: version.baseModel,
    template: version.template,
    details: version.details,
    aliases: pointing.map(({ alias }) => alias),
    created_at: new Date(version.createdAtMs).toISOString(),
  };
}

export function shapeAlias({ name, alias, version, previousVersion, movedAtMs }: AdapterAlias): AdapterAliasResponse {
  return {
    object: 'adapter_alias',
    id: `${name}@${alias}`,
    name,
    alias,
    version,
    previous_version: previousVersion,
    moved_at: new Date(movedAtMs).toISOString(),
  };
}

/** One entry a name. `versions` are newest first within a name. */
export function shapeAdapters(
  versions: readonly AdapterVersion[],
  aliases: readonly AdapterAlias[],
): AdapterResponse[] {
  return [...Map.groupBy(versions, (version) => version.name)].flatMap(([name, known]) => {
    const [newest] = known;
    if (newest === undefined) return [];
    return {
      object: 'adapter',
      name,
      newest_version: newest.version,
      versions: known.map(({ version }) => version),
      aliases: aliases.filter((alias) => alias.name === name).map(shapeAlias),
      base_model: newest.baseModel,
    };
  });
}
