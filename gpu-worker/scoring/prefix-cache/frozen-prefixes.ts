import { hash } from 'node:crypto';
import type { SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';
import type { StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { measureStage } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import type { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import type { KeyValues } from '#gpu-worker/scoring/suffix-feeds.ts';

export interface FrozenPrefixesOptions {
  readonly runner: Pick<LanguageModelRunner, 'keyValues'>;
  readonly embeddings: EmbeddingTable;
  readonly cache: PrefixCache;
}

/**
 * Keys and values of prefixes, kept where they depend on the frozen model alone: where all of the prefix are token ids. What a soft prompt or
 * hints are part of belongs to one adapter, and with hints to one query, and is computed each time.
 */
export class FrozenPrefixes {
  readonly #options: FrozenPrefixesOptions;

  constructor(options: FrozenPrefixesOptions) {
    this.#options = options;
  }

  async keyValues(parts: readonly SequencePart[], times: StageTimes): Promise<KeyValues> {
    const { runner, embeddings, cache } = this.#options;
    return measureStage(times, 'prefixMs', async () => {
      const ids = frozenIds(parts);
      const key = ids === null ? null : digestOf(ids);
      const known = key === null ? null : cache.get(key);
      if (known !== null) {
        times.prefixHits += 1;
        return known;
      }
      times.prefixMisses += 1;
      const made = await runner.keyValues(embeddings.embed(parts));
      return key === null ? made : cache.set(key, made);
    });
  }
}

function frozenIds(parts: readonly SequencePart[]): number[] | null {
  const ids: number[] = [];
  for (const part of parts) {
    if (!('ids' in part)) return null;
    ids.push(...part.ids);
  }
  return ids;
}

/** The ids are the whole prefix, template and document: nothing else can tell two of one model apart. */
function digestOf(ids: readonly number[]): string {
  return hash('sha256', Uint32Array.from(ids), 'base64');
}
