import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';

/** What a registry keeps of a parsed adapter and shows to its owner. */
export function describeAdapter({ config, hiddenSize, embedding, softPrompt }: AdapterFile): AdapterDetails {
  return {
    method: config.method,
    template: config.template,
    k: config.k,
    heads: config.heads,
    filters: config.filters,
    hidden_size: hiddenSize,
    changed_rows: embedding === null ? 0 : embedding.values.length / hiddenSize,
    soft_prompt_tokens: softPrompt?.count ?? 0,
    model_fingerprint: config.modelFingerprint ?? null,
    tokenizer_fingerprint: config.tokenizerFingerprint ?? null,
    calibrated: config.calibration !== undefined,
  };
}
