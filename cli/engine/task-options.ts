import type { EngineSettings } from '#cli/engine/engine-flags.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';

/** The fields of a ScoreTask that come from flags; what was not given is absent, so that the engine's own defaults hold. */
export interface TaskOptions {
  readonly template?: TemplateName;
  readonly adapterDigest?: string;
  readonly maxTokensPerDoc: number;
  readonly chunks?: ChunkSettings;
}

export function taskOptions(
  settings: Pick<EngineSettings, 'template' | 'maxTokensPerDoc' | 'chunks'>,
  adapterDigest: string | undefined,
): TaskOptions {
  return {
    ...(settings.template === undefined ? {} : { template: settings.template }),
    ...(adapterDigest === undefined ? {} : { adapterDigest }),
    maxTokensPerDoc: settings.maxTokensPerDoc,
    ...(settings.chunks === undefined ? {} : { chunks: settings.chunks }),
  };
}
