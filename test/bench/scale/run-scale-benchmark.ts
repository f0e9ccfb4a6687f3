import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { ScoringEngineOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';
import { readLoadTexts } from '#test/bench/load/load-texts.ts';
import { randomAdapters } from '#test/bench/random-adapters.ts';
import { measureAdapters } from '#test/bench/scale/measure-adapters.ts';
import { measureDocuments } from '#test/bench/scale/measure-documents.ts';
import { measureLength } from '#test/bench/scale/measure-length.ts';
import type { ScaleSeries } from '#test/bench/scale/scale-series.ts';

export interface ScaleBenchmarkOptions {
  readonly engine: ScoringEngineOptions;
  readonly documents: readonly number[];
  /** Tokens of a document. */
  readonly lengths: readonly number[];
  /** Tokens of a chunk, where the same lengths are scored in chunks. */
  readonly chunkTokens: number;
  readonly adapters: readonly number[];
  /** Documents that adapters take turns with. */
  readonly adapterDocuments: number;
  readonly repetitions: number;
  readonly onProgress: (sentence: string) => void;
}

export interface ScaleBenchmarkResult {
  readonly threads: number;
  readonly repetitions: number;
  readonly series: readonly ScaleSeries[];
}

/** How the time of a request grows with its documents, with their length, and with the adapters beside each other. */
export async function runScaleBenchmark(options: ScaleBenchmarkOptions): Promise<ScaleBenchmarkResult> {
  const { repetitions, onProgress } = options;
  const model = openModel(options.engine.modelPath);
  const { hiddenSize } = model.config;
  model.close();
  onProgress('starting the engine');
  const engine = await createScoringEngine(options.engine);
  try {
    const texts = await readLoadTexts();
    await Promise.all(texts.unseen(8).map((document) => engine.score({ document, queries: [texts.query(0)] })));
    onProgress(`documents: ${options.documents.join(', ')}`);
    const documents = await measureDocuments(engine, texts, options.documents, repetitions);
    onProgress(`tokens of a document: ${options.lengths.join(', ')}`);
    const lengths = await measureLength(engine, texts, options.lengths, repetitions);
    onProgress(`the same in chunks of ${options.chunkTokens}`);
    const overlap = Math.floor(options.chunkTokens * limits.chunkOverlapShareDefault);
    const chunks = { tokens: options.chunkTokens, overlap, countMax: limits.chunksPerDocMax };
    const chunked = await measureLength(engine, texts, options.lengths, repetitions, chunks);
    onProgress(`adapters: ${options.adapters.join(', ')}`);
    const files = randomAdapters(hiddenSize, Math.max(...options.adapters));
    const scale = { files, counts: options.adapters, documentCount: options.adapterDocuments };
    const adapters = await measureAdapters(engine, texts, scale, repetitions);
    return { threads: engine.info.threads, repetitions, series: [documents, lengths, chunked, adapters] };
  } finally {
    await engine.close();
  }
}
