import { type BenchmarkSide, startScoringSide } from '#test/bench/score/benchmark-side.ts';
import { buildWorkload, type Workload } from '#test/bench/score/build-workload.ts';
import { fetchLlamaCpp } from '#test/bench/score/fetch-llama-cpp.ts';
import type { HintrankSetup } from '#test/bench/score/hintrank-side.ts';
import type { Arrangement, LlamaCppSetup } from '#test/bench/score/llama-cpp-side.ts';

export interface ScoreBenchmarkOptions {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly peerFolder: string;
  readonly threads: number;
  readonly documents: number;
  readonly rounds: number;
  /** Without the peer, the benchmark needs no download. */
  readonly withPeer: boolean;
  readonly onProgress: (sentence: string) => void;
}

export interface SideResult {
  readonly name: string;
  readonly description: string;
  /** One a round. */
  readonly documentsPerSecond: readonly number[];
  /** Mean |Δ| of its mean log-likelihoods to those of hintrank fp32, nats per token; null where it reads none. */
  readonly meanDifference: number | null;
}

export interface ScoreBenchmarkResult {
  readonly documents: number;
  readonly rounds: number;
  readonly threads: number;
  readonly documentTokens: number;
  readonly queryTokens: number;
  readonly sides: readonly SideResult[];
}

interface Competitor {
  readonly name: string;
  readonly side: BenchmarkSide;
  readonly documentsPerSecond: number[];
  readonly scores: (readonly number[])[];
}

/** Ways for llama.cpp to use the machine; the fastest in a short trial competes. */
const arrangements: readonly Arrangement[] = [
  { contexts: 1, sequencesPerContext: 1 },
  { contexts: 2, sequencesPerContext: 1 },
  { contexts: 1, sequencesPerContext: 2 },
  { contexts: 1, sequencesPerContext: 4 },
];

const trialDocuments = 8;

/** Documents per second, cold, of every side on the same pairs; rounds take turns and their order rotates, so that a disturbance of the machine meets all sides alike. */
export async function runScoreBenchmark(options: ScoreBenchmarkOptions): Promise<ScoreBenchmarkResult> {
  const workload = await buildWorkload(options.modelPath, options.documents);
  const competitors: Competitor[] = [];
  const add = (name: string, side: BenchmarkSide): void =>
    void competitors.push({ name, side, documentsPerSecond: [], scores: [] });
  try {
    for (const precision of ['fp32', 'int8'] as const) {
      options.onProgress(`starting hintrank ${precision} (the first start converts the weights)`);
      const { modelPath, cacheFolder, threads } = options;
      add(
        `hintrank ${precision}`,
        await startScoringSide<HintrankSetup>('./hintrank-side.ts', { modelPath, cacheFolder, threads, precision }),
      );
    }
    if (options.withPeer) {
      const setup = await choosePeerSetup(options, workload);
      for (const read of ['likelihood', 'evaluate'] as const) {
        add(`llama.cpp, ${read}`, await startScoringSide<LlamaCppSetup>('./llama-cpp-side.ts', { ...setup, read }));
      }
    }
    // One round each before the clock counts: pages, allocators and lazy kernels are then in place. Its documents are no round's.
    for (const { side } of competitors) await side.ask(workload.round(options.rounds).slice(0, trialDocuments));
    for (let round = 0; round < options.rounds; round++) {
      options.onProgress(`round ${round + 1} of ${options.rounds}`);
      const pairs = workload.round(round);
      for (let turn = 0; turn < competitors.length; turn++) {
        const competitor = competitors[(round + turn) % competitors.length];
        if (competitor === undefined) continue;
        const { milliseconds, meanLogLikelihoods } = await competitor.side.ask(pairs);
        competitor.documentsPerSecond.push((pairs.length / milliseconds) * 1000);
        competitor.scores.push(meanLogLikelihoods);
      }
    }
  } finally {
    for (const { side } of competitors) side.stop();
  }
  const { documents, rounds, threads } = options;
  const { documentTokens, queryTokens } = workload;
  return {
    documents,
    rounds,
    threads,
    documentTokens,
    queryTokens,
    sides: competitors.map((one) => summarise(one, competitors[0])),
  };
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
    await side.ask(pairs.slice(0, 1));
    trials.push({ setup, milliseconds: (await side.ask(pairs)).milliseconds });
    side.stop();
  }
  const [best] = trials.sort((a, b) => a.milliseconds - b.milliseconds);
  if (best === undefined) throw new Error('No arrangement of llama.cpp could be tried.');
  return best.setup;
}

function summarise(competitor: Competitor, reference: Competitor | undefined): SideResult {
  const differences = competitor.scores.flatMap((scores, round) =>
    scores.map((score, index) => Math.abs(score - (reference?.scores[round]?.[index] ?? Number.NaN))),
  );
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  return {
    name: competitor.name,
    description: competitor.side.description,
    documentsPerSecond: competitor.documentsPerSecond,
    meanDifference: competitor === reference || differences.length === 0 ? null : mean,
  };
}
