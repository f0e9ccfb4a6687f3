import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { resolveTemplate, type TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterTarget } from '#shared/adapter-file/validate-adapter-against-model.ts';

/** The base model that a checkpoint is held against. */
export interface ImportTarget extends AdapterTarget {
  /** Holds the frozen table E [V, D]. */
  readonly source: TensorSource;
  /** Token ids that the template gives an untrained instruction, without and with its beginning-of-sequence token. */
  readonly instructions: readonly (readonly number[])[];
}

/** @throws ServiceError `invalid_adapter` for a model without a tokenizer, which no adapter fits */
export function importTargetOf(model: FrozenModel, templateName: TemplateName): ImportTarget {
  const { config, source, tokenizer, fingerprint } = model;
  if (tokenizer === null) throw adapterError(`${model.path} has no tokenizer, so no adapter fits it`);
  const { start, instruction } = resolveTemplate(templateName, tokenizer);
  return {
    hiddenSize: config.hiddenSize,
    vocabularySize: config.vocabularySize,
    modelFingerprint: fingerprint,
    tokenizerFingerprint: tokenizer.fingerprint,
    source,
    instructions: [instruction, [...start, ...instruction]],
  };
}
