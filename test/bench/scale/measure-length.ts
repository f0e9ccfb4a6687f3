import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import { type ScaleSeries, timed } from '#test/bench/scale/scale-series.ts';

/** More than any token of these texts has, on average. */
const charactersPerToken = 8;

/** Documents of a measurement for each thread. */
const documentsPerThread = 2;

/** Documents that are cut to more and more tokens, in one piece or in chunks: new ones, and the same with another query. */
export async function measureLength(
  engine: ScoringEngine,
  texts: LoadTexts,
  lengths: readonly number[],
  repetitions: number,
  chunks?: ChunkSettings,
): Promise<ScaleSeries> {
  const count = documentsPerThread * engine.info.threads;
  const points = lengths.map((x) => ({ x, cold: [] as number[], warm: [] as number[] }));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { x, cold, warm } of points) {
      const documents = Array.from({ length: count }, () => longText(texts, x * charactersPerToken));
      const score = (query: string) => async () => {
        const how = { queries: [query], maxTokensPerDoc: x, ...(chunks === undefined ? {} : { chunks }) };
        const tasks = documents.map((document) => engine.score({ document, ...how }));
        const tokens = (await Promise.all(tasks)).flat().map(({ documentTokens }) => documentTokens);
        // Chunks read more: what they share.
        if (tokens.some((scored) => (chunks === undefined ? scored !== x : scored < x)))
          throw new Error(`documents of ${x} tokens were scored as ${tokens}`);
      };
      cold.push(await timed(score(texts.query(repetition))));
      warm.push(await timed(score(texts.query(repetition + 1))));
    }
  }
  const setting = `${count} documents of so many tokens`;
  if (chunks === undefined) return { name: 'tokens', setting: `${setting}, in one piece`, points };
  return { name: 'tokens-in-chunks', setting: `${setting}, in chunks of ${chunks.tokens}`, points };
}

function longText(texts: LoadTexts, characters: number): string {
  let text = '';
  while (text.length < characters) text += `${texts.unseen(1)[0]} `;
  return text;
}
