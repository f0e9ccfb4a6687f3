import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import { type ScaleSeries, timed } from '#test/bench/scale/scale-series.ts';

/** The same kept documents with more and more adapters in turns; cold: the adapters are loaded first. */
export async function measureAdapters(
  engine: ScoringEngine,
  texts: LoadTexts,
  { files, counts, documentCount }: AdapterScale,
  repetitions: number,
): Promise<ScaleSeries> {
  const documents = texts.unseen(documentCount);
  const points = counts.map((x) => ({ x, cold: [] as number[], warm: [] as number[] }));
  await Promise.all(documents.map((document) => engine.score({ document, queries: [texts.query(0)] })));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { x, cold, warm } of points) {
      const digests: string[] = [];
      const score = (query: string) =>
        Promise.all(
          documents.map((document, index) =>
            engine.score({ document, queries: [query], adapterDigest: digests[index % x] ?? '' }),
          ),
        );
      cold.push(
        await timed(async () => {
          for (const file of files.slice(0, x)) digests.push((await engine.loadAdapter(file)).digest);
          await score(texts.query(repetition));
        }),
      );
      warm.push(await timed(() => score(texts.query(repetition + 1))));
      for (const digest of digests) await engine.unloadAdapter(digest);
    }
  }
  return { name: 'adapters', setting: `${documentCount} kept documents, adapters R and A in turns`, points };
}

export interface AdapterScale {
  /** As many as the largest count. */
  readonly files: readonly Uint8Array[];
  readonly counts: readonly number[];
  readonly documentCount: number;
}
