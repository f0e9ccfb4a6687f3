import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { ScoringEngineOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import type { SoakLedger } from '#test/bench/soak/soak-ledger.ts';

/** Asks for every sampled score again: alone, one after the other, of an engine with one thread that keeps nothing. Another bit is a fault. */
export async function compareAlone(
  ledger: SoakLedger,
  files: readonly Uint8Array[],
  options: ScoringEngineOptions,
): Promise<void> {
  if (ledger.samples.length === 0) return;
  const engine = await createScoringEngine({ ...options, threads: 1, prefixCacheBytes: 0 });
  try {
    for (const [index, { request, document, targets }] of ledger.samples.entries()) {
      const { query, maxTokensPerDoc, adapter } = request;
      const file = adapter === null ? undefined : files[adapter];
      const loaded = file === undefined ? {} : { adapterDigest: (await engine.loadAdapter(file)).digest };
      const task = { document, queries: [query], template: 'clean-1', maxTokensPerDoc, ...loaded } as const;
      const [alone] = await engine.score(task);
      const values = Array.from(alone?.targetLogLikelihoods ?? []);
      if (values.length !== targets.length || values.some((value, target) => value !== targets[target]))
        ledger.fault(`sample ${index}: its score alone is another (adapter ${adapter ?? 'none'})`);
    }
  } finally {
    await engine.close();
  }
}
