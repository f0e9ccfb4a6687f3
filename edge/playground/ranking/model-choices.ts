import type { Model } from '#shared/protocol/models-response.ts';

export interface ModelChoice {
  /** What a request names; empty: the base model. */
  readonly value: string;
  readonly label: string;
}

/** What can be chosen before the list of models is there. */
const baseChoice: ModelChoice = { value: '', label: 'the base model' };

/** The models of a key as choices: the base model, adapters by name, and their versions where there are several. */
export function modelChoices(models: readonly Model[]): ModelChoice[] {
  if (models.length === 0) return [baseChoice];
  return models.flatMap((model): ModelChoice[] => {
    const { id, versions = [], base_model: base, alias_of: aliasOf } = model;
    if (aliasOf !== undefined) return [{ value: id, label: `${id} (stands for ${aliasOf})` }];
    if (base === undefined) return [{ value: '', label: `${id} (base)` }];
    const older = versions.length < 2 ? [] : versions.map((version) => `${id}@${version}`);
    return [id, ...older].map((value) => ({ value, label: value }));
  });
}
