import type { AdapterStore, AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { parseAdapterReference } from '#edge/adapters/parse-adapter-reference.ts';
import type { ModelAliases } from '#edge/adapters/parse-model-aliases.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ResolvedModel {
  /** Echoed to the caller: the base model, or `name@version`. */
  readonly id: string;
  readonly adapter: AdapterVersion | undefined;
}

export interface ModelWanted {
  /** As the caller wrote it; undefined: the base model. */
  readonly model: string | undefined;
  readonly tenantId: string;
  readonly baseModel: string;
  /** Looked up first, and only once: an alias never leads to another. */
  readonly modelAliases: ModelAliases;
  readonly adapters: AdapterStore;
}

/** Names listed in an error at most. */
const listedNamesMax = 20;

/** The base model, a tenant's adapter (`name`: its newest version), one version of it (`name@3`) or the one that an alias points at (`name@prod`). Throws ServiceError `model_not_found`, `adapter_unavailable`. */
export async function resolveModel(call: ModelWanted): Promise<ResolvedModel> {
  const { tenantId, baseModel, adapters } = call;
  if (call.model === undefined) return { id: baseModel, adapter: undefined };
  const model = call.modelAliases.get(call.model) ?? call.model;
  if (model === baseModel) return { id: baseModel, adapter: undefined };
  const wanted = parseAdapterReference(model);
  const adapter = wanted === undefined ? undefined : await adapters.find(tenantId, wanted.name, wanted.selector);
  if (adapter !== undefined) return { id: `${adapter.name}@${adapter.version}`, adapter };
  const known = describeKnown(baseModel, await adapters.list(tenantId));
  const name = model === call.model ? `"${model}"` : `"${model}", which "${call.model}" stands for,`;
  throw new ServiceError('model_not_found', `There is no model ${name} for this API key; there is ${known}.`, {
    param: 'model',
  });
}

function describeKnown(baseModel: string, versions: readonly AdapterVersion[]): string {
  const byName = Map.groupBy(versions, (version) => version.name);
  const names = [...byName].map(([name, known]) => `${name} (@${known.map((one) => one.version).join(', @')})`);
  const hidden = names.length - listedNamesMax;
  const shown = hidden > 0 ? [...names.slice(0, listedNamesMax), `${hidden} more (GET /v1/models)`] : names;
  return [baseModel, ...shown].join(', ');
}
