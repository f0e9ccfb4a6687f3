import { median } from '#test/bench/median.ts';
import { type BenchmarkPair, type BenchmarkSide, startScoringSide } from '#test/bench/score/benchmark-side.ts';
import { type AgainOptions, buildWorkload, type Workload } from '#test/bench/score/build-workload.ts';
import { fetchLlamaCpp } from '#test/bench/score/fetch-llama-cpp.ts';
import type { HintrankSetup } from '#test/bench/score/hintrank-side.ts';
import type { Arrangement, LlamaCppSetup } from '#test/bench/score/llama-cpp-side.ts';
import type { PlainOnnxSetup } from '#test/bench/score/plain-onnx-side.ts';

export interface ScoreBenchmarkOptions {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly peerFolder: string;
  readonly threads: number;
  readonly documents: number;
  readonly rounds: number;
  /** Without the peer, the benchmark needs no download. */
  readonly withPeer: boolean;
  /** Adapters fit the default model alone. */
  readonly withAdapters: boolean;
  readonly onProgress: (sentence: string) => void;
}

export interface SideResult {
  readonly name: string;
  readonly description: string;
  /** One a round. */
  readonly documentsPerSecond: readonly number[];
  /** Mean |Δ| of its mean log-likelihoods to those of hintrank fp32, nats per token; null where it reads none. */
  readonly meanDifference: number | null;
  /** Rows behind the document, a pair's, on average; null where the side does not split so. */
  readonly suffixRows: number | null;
}

export interface ScoreBenchmarkResult {
  readonly documents: number;
  readonly rounds: number;
  readonly threads: number;
  readonly documentTokens: number;
  readonly queryTokens: number;
  readonly sides: readonly SideResult[];
}

/** What a side is asked for. */
interface Measurement {
  readonly name: string;
  readonly description: string;
  readonly adapters: number;
  /** Null: the pairs of the round, which its side has never seen. Else their documents with another query. */
  readonly again: AgainOptions | null;
  readonly documentsPerSecond: number[];
  readonly scores: (readonly number[])[];
  readonly suffixRows: number[];
}

/** A side with its measurements in their order: the first of a round is cold, and leaves the others their documents. */
interface Competitor {
  readonly side: BenchmarkSide;
  readonly measurements: readonly Measurement[];
}

/** What is measured warm, of the documents of the cold round before. */
const warmMeasurements = [
  { suffix: 'warm, all documents seen', adapters: 0, again: {} },
  { suffix: 'warm, 90 % of documents seen', adapters: 0, again: { newEvery: 10 } },
  { suffix: 'warm, one adapter', adapters: 1, again: {} },
  { suffix: 'warm, 8 mixed adapters', adapters: 8, again: {} },
  // Nearly as many rows as one question with hints: what hints cost beyond their rows.
  { suffix: 'warm, two questions, no adapter', adapters: 0, again: { questions: 2 } },
] as const;

/** Ways for llama.cpp to use the machine; the fastest in a short trial competes. */
const arrangements: readonly Arrangement[] = [
  { contexts: 1, sequencesPerContext: 1 },
  { contexts: 2, sequencesPerContext: 1 },
  { contexts: 1, sequencesPerContext: 2 },
  { contexts: 1, sequencesPerContext: 4 },
];

const trialDocuments = 8;

/** Documents per second of every side on the same pairs, cold, and warm where it keeps anything; rounds take turns and their order rotates, so that a disturbance of the machine meets all sides alike. */
export async function runScoreBenchmark(options: ScoreBenchmarkOptions): Promise<ScoreBenchmarkResult> {
  const workload = await buildWorkload(options.modelPath, options.documents);
  const competitors: Competitor[] = [];
  const measure = (name: string, side: BenchmarkSide, adapters = 0, again: AgainOptions | null = null): Measurement => {
    const { description } = side;
    return { name, description, adapters, again, documentsPerSecond: [], scores: [], suffixRows: [] };
  };
  const add = (name: string, side: BenchmarkSide): void =>
    void competitors.push({ side, measurements: [measure(name, side)] });
  try {
    for (const precision of ['fp32', 'int8'] as const) {
      options.onProgress(`starting hintrank ${precision} (the first start converts the weights)`);
      const { modelPath, cacheFolder, threads, withAdapters } = options;
      const adapters = withAdapters ? 8 : 0;
      const setup = { modelPath, cacheFolder, threads, precision, adapters };
      const side = await startScoringSide<HintrankSetup>('./hintrank-side.ts', setup);
      const name = `hintrank ${precision}`;
      const warm = warmMeasurements.filter((one) => one.adapters <= adapters);
      competitors.push({
        side,
        measurements: [
          measure(`${name}, cold`, side),
          ...warm.map((one) => measure(`${name}, ${one.suffix}`, side, one.adapters, one.again)),
        ],
      });
    }
    options.onProgress('starting plain ONNX');
    const { modelPath, cacheFolder, threads } = options;
    const plain = { modelPath, cacheFolder, threads };
    add('plain ONNX fp32', await startScoringSide<PlainOnnxSetup>('./plain-onnx-side.ts', plain));
    if (options.withPeer) {
      const setup = await choosePeerSetup(options, workload);
      for (const read of ['likelihood', 'evaluate'] as const) {
        add(`llama.cpp, ${read}`, await startScoringSide<LlamaCppSetup>('./llama-cpp-side.ts', { ...setup, read }));
      }
    }
    // One round each before the clock counts: pages, allocators and lazy kernels are then in place. Its documents are no round's.
    for (const { side } of competitors)
      await side.ask({ pairs: workload.round(options.rounds).slice(0, trialDocuments), adapters: 0 });
    for (let round = 0; round < options.rounds; round++) {
      options.onProgress(`round ${round + 1} of ${options.rounds}`);
      const pairs = workload.round(round);
      for (let turn = 0; turn < competitors.length; turn++) {
        const competitor = competitors[(round + turn) % competitors.length];
        if (competitor !== undefined) await runRound(competitor, round, pairs, workload);
      }
    }
  } finally {
    for (const { side } of competitors) side.stop();
  }
  const measurements = competitors.flatMap((one) => one.measurements);
  const { documents, rounds, threads } = options;
  const { documentTokens, queryTokens } = workload;
  return {
    documents,
    rounds,
    threads,
    documentTokens,
    queryTokens,
    sides: measurements.map((one) => summarise(one, measurements[0])),
  };
}

async function runRound(
  { side, measurements }: Competitor,
  round: number,
  cold: readonly BenchmarkPair[],
  workload: Workload,
): Promise<void> {
  for (const { adapters, again, documentsPerSecond, scores, suffixRows } of measurements) {
    // One query for all that is warm: with a longer one, documents cost more.
    const pairs = again === null ? cold : workload.again(round, round + 1, again);
    const result = await side.ask({ pairs, adapters });
    documentsPerSecond.push((pairs.length / result.milliseconds) * 1000);
    if (result.suffixRows !== null) suffixRows.push(result.suffixRows / pairs.length);
    if (again === null) scores.push(result.meanLogLikelihoods);
  }
}

/** Tries each arrangement on a few documents and keeps the fastest. */
async function choosePeerSetup(options: ScoreBenchmarkOptions, workload: Workload): Promise<LlamaCppSetup> {
  const { modelPath, threads } = options;
  const moduleUrl = await fetchLlamaCpp(options.peerFolder);
  const pairs = workload.round(options.rounds + 1).slice(0, trialDocuments);
  const trials: { setup: LlamaCppSetup; milliseconds: number }[] = [];
  for (const arrangement of arrangements.filter(({ contexts }) => contexts <= threads)) {
    const { contexts, sequencesPerContext } = arrangement;
    options.onProgress(`llama.cpp: trying ${contexts} context(s), ${sequencesPerContext} document(s) a batch`);
    const setup = { moduleUrl, modelPath, threads, read: 'likelihood', arrangement } as const;
    const side = await startScoringSide<LlamaCppSetup>('./llama-cpp-side.ts', setup);
    await side.ask({ pairs: pairs.slice(0, 1), adapters: 0 });
    trials.push({ setup, milliseconds: (await side.ask({ pairs, adapters: 0 })).milliseconds });
    side.stop();
  }
  const [best] = trials.sort((a, b) => a.milliseconds - b.milliseconds);
  if (best === undefined) throw new Error('No arrangement of llama.cpp could be tried.');
  return best.setup;
}

function summarise(measured: Measurement, reference: Measurement | undefined): SideResult {
  const differences = measured.scores.flatMap((scores, round) =>
    scores.map((score, index) => Math.abs(score - (reference?.scores[round]?.[index] ?? Number.NaN))),
  );
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  return {
    name: measured.name,
    description: measured.description,
    documentsPerSecond: measured.documentsPerSecond,
    meanDifference: measured === reference || differences.length === 0 ? null : mean,
    suffixRows: measured.suffixRows.length === 0 ? null : median(measured.suffixRows),
  };
}
