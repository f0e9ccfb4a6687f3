import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import type { Precision, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { runPreparation } from '#gpu-worker/scoring/threads/run-preparation.ts';
import type { PreparationResult } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { type MemoryUse, readMemory, readPeakResident } from '#test/bench/memory/read-memory.ts';
import { serveSide } from '#test/bench/side-process.ts';

export interface MemorySetup {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly precision: Precision;
}

export type MemoryRequest =
  | { readonly kind: 'convert' }
  | { readonly kind: 'sessions' }
  | { readonly kind: 'prefixes' }
  | { readonly kind: 'serve'; readonly threads: number };

/** One thing that was done, and what the process had before and after it. */
export interface MemoryStep {
  readonly name: string;
  readonly before: MemoryUse;
  readonly after: MemoryUse;
  readonly seconds: number;
  /** Largest resident memory of the process up to the end of the step. */
  readonly peakResident: number;
  /** Bytes that the step itself counts: of the weights' file, or of the keys and values that are kept. */
  readonly countedBytes: number;
}

/** Tokens of a prefix, and of a scored sequence; the first of them are the prompt. */
const prefixTokens = 64;
const sequenceTokens = 48;
const promptTokens = 32;

/** Prefixes that the budget of the cache has room for. */
const keptPrefixes = 40;

serveSide<MemorySetup, MemoryRequest, MemoryStep[]>(async (setup) => ({
  description: process.version,
  ask: (request) => {
    switch (request.kind) {
      case 'convert':
        return convert(setup);
      case 'sessions':
        return openSessions(setup);
      case 'prefixes':
        return keepPrefixes(setup);
      case 'serve':
        return serve(setup, request.threads);
    }
  },
}));

async function convert(setup: MemorySetup): Promise<MemoryStep[]> {
  return [await measure('convert', async () => (await prepare(setup)).weightsBytes)];
}

/** Sessions that pack weights for themselves, then such as share them; the second of a kind shows what is shared. */
async function openSessions(setup: MemorySetup): Promise<MemoryStep[]> {
  const { graphs } = (await prepare(setup)).prepared;
  const shared = graphs.packed ?? graphs;
  const sessions: ModelSession[] = [];
  const steps: MemoryStep[] = [];
  for (const [name, path] of [
    ['prefix, weights of its own', graphs.prefixPath],
    ['suffix, weights of its own', graphs.suffixPath],
    ['prefix, shared weights', shared.prefixPath],
    ['suffix, shared weights', shared.suffixPath],
    ['another prefix, shared weights', shared.prefixPath],
    ['another suffix, shared weights', shared.suffixPath],
  ] as const) {
    const open = async () => {
      sessions.push(await ModelSession.open(path));
      return 0;
    };
    steps.push(await measure(name, open));
  }
  for (const session of sessions) await session.close();
  return steps;
}

/** Prefixes until the cache is full, and as many again, for which others have to go. What is counted is what the cache says it holds. */
async function keepPrefixes(setup: MemorySetup): Promise<MemoryStep[]> {
  const { prepared } = await prepare(setup);
  const model = openModel(setup.modelPath);
  const runner = await LanguageModelRunner.open(prepared.graphs, model.config);
  const embeddings = Float32Array.from({ length: prefixTokens * model.config.hiddenSize }, (_, n) => Math.sin(n));
  const { tensors } = await runner.keyValues(embeddings);
  const bytes = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const cache = new PrefixCache(keptPrefixes * bytes * 1.02);
  const steps: MemoryStep[] = [];
  for (const name of ['fill', 'replace']) {
    const keep = async () => {
      for (let index = 0; index < keptPrefixes; index += 1) {
        cache.set(`${name} ${index}`, await runner.keyValues(embeddings));
        cache.release();
      }
      return cache.statistics().bytes;
    };
    steps.push(await measure(name, keep));
  }
  await runner.close();
  model.close();
  return steps;
}

async function serve(setup: MemorySetup, threads: number): Promise<MemoryStep[]> {
  const { vocabularySize } = await prepare(setup);
  const engines: ScoringEngine[] = [];
  const start = await measure('start', async () => {
    const engine = await createScoringEngine({ ...setup, threads });
    engines.push(engine);
    return engine.memory().weightsBytes;
  });
  const ids = Array.from({ length: sequenceTokens }, (_, index) => index % vocabularySize);
  const task = { promptIds: ids.slice(0, promptTokens), targetIds: ids.slice(promptTokens) };
  const score = await measure('score', async () => {
    for (const engine of engines)
      await Promise.all(Array.from({ length: 4 * threads }, () => engine.scoreTokens(task)));
    return 0;
  });
  for (const engine of engines) await engine.close();
  return [start, score];
}

function prepare({ modelPath, precision, cacheFolder }: MemorySetup): Promise<PreparationResult> {
  return runPreparation({ modelPath, precision, cacheFolder }, () => {});
}

async function measure(name: string, work: () => Promise<number>): Promise<MemoryStep> {
  const before = readMemory();
  const startedAtMs = performance.now();
  const countedBytes = await work();
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return { name, before, after: readMemory(), seconds, peakResident: readPeakResident(), countedBytes };
}
