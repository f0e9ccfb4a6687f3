import { parseAdapterReference } from '#edge/adapters/parse-adapter-reference.ts';
import type { ModelWanted } from '#edge/adapters/resolve-model.ts';
import type { Model } from '#shared/protocol/models-response.ts';

/** The names of MODEL_ALIASES that lead this tenant to a model, by name: one that stands for an adapter leads only those who have it. Throws ServiceError `adapter_unavailable`. */
export async function listMappedNames(call: Omit<ModelWanted, 'model'>): Promise<Model[]> {
  const names = await Promise.all(
    [...call.modelAliases].map(async ([id, model]): Promise<Model[]> => {
      if (!(await isThere(model, call))) return [];
      return [{ id, object: 'model', created: 0, owned_by: 'hintrank', alias_of: model }];
    }),
  );
  return names.flat().sort((left, right) => (left.id < right.id ? -1 : 1));
}

async function isThere(model: string, { tenantId, baseModel, adapters }: Omit<ModelWanted, 'model'>): Promise<boolean> {
  if (model === baseModel) return true;
  const wanted = parseAdapterReference(model);
  return wanted !== undefined && (await adapters.find(tenantId, wanted.name, wanted.selector)) !== undefined;
}
