import { hash } from 'node:crypto';
import { type PrefixIds, prefixIds, type SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';
import type { StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { measureStage } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { KeyValues } from '#gpu-worker/scoring/key-values.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import type { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';

export interface FrozenPrefixesOptions {
  readonly runner: Pick<LanguageModelRunner, 'keyValues' | 'sharedKeyValues'>;
  readonly embeddings: EmbeddingTable;
  readonly cache: PrefixCache;
}

/**
 * Keys and values of prefixes, kept where they depend on the frozen model alone: where all of the prefix are token ids. What a soft prompt or
 * hints are part of belongs to one adapter, and with hints to one query, and is computed each time.
 *
 * What a template puts in front of every document is run once, by itself, and every document's own tokens behind it, kept or not: so no score can
 * depend on what was there before.
 */
export class FrozenPrefixes {
  readonly #options: FrozenPrefixesOptions;
  /** By their token ids; as many as there are templates, of some sixteen tokens each. */
  readonly #shared = new Map<string, KeyValues>();

  constructor(options: FrozenPrefixesOptions) {
    this.#options = options;
  }

  async keyValues(parts: readonly SequencePart[], times: StageTimes): Promise<KeyValues> {
    const { runner, embeddings, cache } = this.#options;
    return measureStage(times, 'prefixMs', async () => {
      const ids = prefixIds(parts);
      const key = ids === null ? null : digestOf(ids);
      const known = key === null ? null : cache.get(key);
      if (known !== null) {
        times.prefixHits += 1;
        return known;
      }
      times.prefixMisses += 1;
      if (ids === null || key === null) return runner.keyValues(embeddings.embed(parts));
      return cache.set(key, await this.#behindShared(ids));
    });
  }

  async #behindShared({ shared, own }: PrefixIds): Promise<KeyValues> {
    const { runner, embeddings } = this.#options;
    // A run has at least one row.
    if (shared.length === 0 || own.length === 0) return runner.keyValues(embeddings.gather([...shared, ...own]));
    const name = shared.join(' ');
    const past = this.#shared.get(name) ?? (await runner.sharedKeyValues(embeddings.gather(shared)));
    this.#shared.set(name, past);
    return runner.keyValues(embeddings.gather(own), past);
  }
}

/** The ids are the whole prefix, template and document: nothing else can tell two of one model apart. */
function digestOf({ shared, own }: PrefixIds): string {
  return hash('sha256', Uint32Array.from([shared.length, ...shared, ...own]), 'base64');
}
