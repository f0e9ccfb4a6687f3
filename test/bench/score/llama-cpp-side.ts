import type { BenchmarkPair, RoundRequest, RoundResult } from '#test/bench/score/benchmark-side.ts';
import type { EvaluationItem, LlamaModule, LlamaSequence } from '#test/bench/score/llama-cpp-api.ts';
import { serveSide } from '#test/bench/side-process.ts';

export interface LlamaCppSetup {
  /** Module to import: the entry of the fetched package. */
  readonly moduleUrl: string;
  readonly modelPath: string;
  readonly threads: number;
  /** `likelihood`: the same figures as ours. `evaluate`: tokens in, nothing read out, which is less work than ours. */
  readonly read: 'likelihood' | 'evaluate';
  readonly arrangement: Arrangement;
}

/** How the documents of a round share the machine. */
export interface Arrangement {
  readonly contexts: number;
  /** Documents that one context evaluates together in a batch. */
  readonly sequencesPerContext: number;
}

/** Tokens of one document with its query, at most; one batch holds as many as there are sequences. */
const pairTokensMax = 512;

/** llama.cpp through its Node binding. Token ids are given: its tokeniser costs it nothing here. */
serveSide<LlamaCppSetup, RoundRequest, RoundResult>(async (setup) => {
  const { getLlama }: LlamaModule = await import(setup.moduleUrl);
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    skipDownload: true,
    maxThreads: setup.threads,
  });
  const model = await llama.loadModel({ modelPath: setup.modelPath, gpuLayers: 0 });
  const { contexts, sequencesPerContext } = setup.arrangement;
  const threads = Math.max(1, Math.floor(setup.threads / contexts));
  const sequences: LlamaSequence[] = [];
  for (let index = 0; index < contexts; index++) {
    const size = pairTokensMax * sequencesPerContext;
    const context = await model.createContext({
      contextSize: pairTokensMax,
      batchSize: size,
      sequences: sequencesPerContext,
      threads: { ideal: threads, min: threads },
    });
    for (let count = 0; count < sequencesPerContext; count++) sequences.push(context.getSequence());
  }
  const work = setup.read === 'likelihood' ? "and the query's rows with their log-likelihoods" : 'and nothing read out';
  return {
    description: `${contexts} context(s) of ${threads} thread(s), ${sequencesPerContext} document(s) a batch; token ids given, all tokens evaluated ${work}`,
    ask: ({ pairs }) => scoreRound(sequences, pairs, setup.read),
  };
});

async function scoreRound(
  sequences: readonly LlamaSequence[],
  pairs: readonly BenchmarkPair[],
  read: LlamaCppSetup['read'],
) {
  const meanLogLikelihoods = read === 'evaluate' ? [] : new Array<number>(pairs.length).fill(0);
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    sequences.map(async (sequence) => {
      for (let index = next++; index < pairs.length; index = next++) {
        const pair = pairs[index];
        if (pair === undefined) break;
        await sequence.clearHistory();
        if (read === 'evaluate')
          await sequence.evaluateWithoutGeneratingNewTokens([...pair.promptIds, ...pair.targetIds.slice(0, -1)]);
        else meanLogLikelihoods[index] = await scorePair(sequence, pair);
      }
    }),
  );
  return { milliseconds: performance.now() - startMs, meanLogLikelihoods, suffixRows: null };
}

/** Mean of log p(target) = logit − largest logit − log Σ exp(logit − largest); greedy selection makes the selected token the one with the largest. */
async function scorePair(sequence: LlamaSequence, { promptIds, targetIds }: BenchmarkPair): Promise<number> {
  const request = (target: number) =>
    ({ token: true, totalLogitWeight: true, logits: { filter: { tokens: [target], includeSelected: true } } }) as const;
  const inputIds = [...promptIds, ...targetIds.slice(0, -1)];
  const firstRow = promptIds.length - 1;
  const items = inputIds.map((id, row): EvaluationItem => {
    const target = targetIds[row - firstRow];
    return target === undefined ? id : [id, { generateNext: request(target) }];
  });
  const outputs = await sequence.controlledEvaluate(items);
  const values = targetIds.map((target, index) => {
    const next = outputs[firstRow + index]?.next;
    const logit = next?.logits?.get(target) ?? Number.NaN;
    const largest = next?.logits?.get(next.token ?? -1) ?? Number.NaN;
    return logit - largest - Math.log(next?.totalLogitWeight ?? Number.NaN);
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
