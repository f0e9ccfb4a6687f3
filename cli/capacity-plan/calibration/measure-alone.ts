import { median } from 'simple-statistics';
import type { CalibrationTexts } from '#cli/capacity-plan/calibration/calibration-texts.ts';
import type { MeasuredCall, WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';

/** One document and one query, on a worker that has nothing else to do: medians of the rounds. */
export interface AloneSample {
  readonly documentTokens: number;
  readonly queryTokens: number;
  /** Its prefix was kept. */
  readonly isKept: boolean;
  readonly tokenizeMs: number;
  readonly prefixMs: number;
  readonly suffixMs: number;
  readonly latencyMs: number;
  /** Median distance of a round’s tokenising, prefix and suffix from their median, as a part of it. */
  readonly deviation: number;
}

export interface AloneToMeasure {
  readonly worker: WorkerConnection;
  readonly texts: CalibrationTexts;
  readonly rounds: number;
}

/** Words of documents and of queries: short, usual and long ones. */
const documentWords = [15, 50, 100, 180, 300];
const queryWords = [3, 9, 18];

/** Each document once new and then kept, with queries of all lengths, call after call. */
export async function measureAlone({ worker, texts, rounds }: AloneToMeasure): Promise<AloneSample[]> {
  const points = new Map<string, { readonly isKept: boolean; readonly calls: MeasuredCall[] }>();
  const measure = async (name: string, document: string, words: number, isKept: boolean) => {
    const call = { query: texts.text(words), documents: [document], scoresQuery: false };
    const point = points.get(name) ?? { isKept, calls: [] };
    point.calls.push(await worker.score(call));
    points.set(name, point);
  };
  // Pages, allocators and lazy kernels are in place before the clock counts.
  for (const length of documentWords)
    await worker.score({ query: texts.text(10), documents: [texts.text(length)], scoresQuery: false });
  for (let round = 0; round < rounds; round += 1) {
    for (const length of documentWords) {
      const document = texts.text(length);
      for (const [index, words] of [queryWords[round % queryWords.length] ?? 0, ...queryWords].entries())
        await measure(index === 0 ? `new ${length}` : `kept ${length} ${words}`, document, words, index > 0);
    }
  }
  return [...points.values()].map(({ isKept, calls }) => summarise(isKept, calls));
}

function summarise(isKept: boolean, calls: readonly MeasuredCall[]): AloneSample {
  const of = (value: (call: MeasuredCall) => number) => median(calls.map(value));
  const work = calls.map(({ timing }) => timing.tokenize_ms + timing.prefix_ms + timing.suffix_ms);
  const middle = median(work);
  return {
    isKept,
    documentTokens: of(({ documentTokens }) => documentTokens[0] ?? 0),
    queryTokens: of(({ queryTokens }) => queryTokens),
    tokenizeMs: of(({ timing }) => timing.tokenize_ms),
    prefixMs: of(({ timing }) => timing.prefix_ms),
    suffixMs: of(({ timing }) => timing.suffix_ms),
    latencyMs: of(({ milliseconds }) => milliseconds),
    deviation: median(work.map((value) => Math.abs(value - middle))) / middle,
  };
}
