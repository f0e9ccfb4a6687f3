import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import { type ScaleSeries, timed } from '#test/bench/scale/scale-series.ts';

/** From so many documents on, three repetitions are enough: they are long, and vary little. */
const longFrom = 300;
const longRepetitions = 3;

/** A request of more and more documents: new ones, and the same with another query. Sizes take turns, so that a disturbance meets all of them. */
export async function measureDocuments(
  engine: ScoringEngine,
  texts: LoadTexts,
  counts: readonly number[],
  repetitions: number,
): Promise<ScaleSeries> {
  const points = counts.map((x) => ({ x, cold: [] as number[], warm: [] as number[] }));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { x, cold, warm } of points) {
      if (x >= longFrom && repetition >= longRepetitions) continue;
      const documents = texts.unseen(x);
      const score = (query: string) => () =>
        Promise.all(documents.map((document) => engine.score({ document, queries: [query] })));
      cold.push(await timed(score(texts.query(repetition))));
      warm.push(await timed(score(texts.query(repetition + 1))));
    }
  }
  return { name: 'documents', setting: 'passages of 90 to 130 words', points };
}
