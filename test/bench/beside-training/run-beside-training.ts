import { availableParallelism } from 'node:os';
import { createRequests, type Requests } from '#test/bench/beside-training/create-requests.ts';
import { sendFull, sendSteadily } from '#test/bench/beside-training/send-phase.ts';
import { type BesideWorker, startBesideWorker } from '#test/bench/beside-training/start-beside-worker.ts';
import { trainingLines } from '#test/bench/beside-training/training-lines.ts';
import { readLoadTexts } from '#test/bench/load/load-texts.ts';
import { startLocalS3 } from '#test/support/start-local-s3.ts';

export interface BesideTrainingOptions {
  readonly modelPath: string;
  readonly cacheFolder: string;
  /** Scoring threads. */
  readonly threads: number;
  /** Of all cores' time, one worker process each. */
  readonly shares: readonly number[];
  readonly documentsPerRequest: number;
  /** Of the full load. */
  readonly callers: number;
  /** Of one phase. */
  readonly seconds: number;
  /** Each has every load alone and beside a training. */
  readonly rounds: number;
  /** Tokens of a document that the training reads. */
  readonly maxTokensPerDoc: number;
  readonly onProgress: (sentence: string) => void;
}

export const loads = ['half', 'full'] as const;
export type LoadName = (typeof loads)[number];

/** One stretch of one load. */
export interface Phase {
  readonly share: number;
  readonly load: LoadName;
  readonly beside: boolean;
  readonly round: number;
  /** Until the last answer. */
  readonly seconds: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
  /** Processor time of the training process, of all cores' time. */
  readonly trainingTook: number;
  readonly trainingSteps: number;
}

export interface BesideTrainingResult {
  readonly cores: number;
  readonly threads: number;
  readonly documentsPerRequest: number;
  readonly callers: number;
  /** Requests a second of the half load. */
  readonly halfPerSecond: number;
  readonly phases: readonly Phase[];
}

/** Judged queries of the job: few, so that their documents are kept soon and steps are steps. */
const trainingQueries = 48;

/** A real worker of both roles for each share, under the same loads with its training stopped and going on in turn. */
export async function runBesideTraining(options: BesideTrainingOptions): Promise<BesideTrainingResult> {
  const { onProgress, shares, documentsPerRequest, callers, threads, seconds } = options;
  const texts = await readLoadTexts();
  const lines = trainingLines(texts.unseen(trainingQueries));
  const s3 = await startLocalS3();
  const phases: Phase[] = [];
  let halfPerSecond = 0;
  try {
    for (const share of shares) {
      onProgress(`share ${share}: the worker starts, and its job takes the first step`);
      const worker = await startBesideWorker({ ...options, s3, share, lines });
      try {
        worker.training.pause();
        const requests = createRequests(texts, documentsPerRequest);
        await worker.client.score(requests.warmUp);
        // The same half for every share, or they could not be compared.
        if (halfPerSecond === 0) halfPerSecond = (await measureCapacity(worker, requests, { seconds, callers })) / 2;
        phases.push(...(await measureShare(worker, requests, { ...options, share, halfPerSecond })));
      } finally {
        await worker.stop();
      }
    }
  } finally {
    await s3.stop();
  }
  return { cores: availableParallelism(), threads, documentsPerRequest, callers, halfPerSecond, phases };
}

/** Requests a second at full load, without training. */
async function measureCapacity(
  { client }: BesideWorker,
  requests: Requests,
  { seconds, callers }: Pick<BesideTrainingOptions, 'seconds' | 'callers'>,
): Promise<number> {
  const startedAt = performance.now();
  const latencies = await sendFull({ client, requests, seconds }, callers);
  return latencies.length / ((performance.now() - startedAt) / 1_000);
}

interface ShareOptions extends BesideTrainingOptions {
  readonly share: number;
  readonly halfPerSecond: number;
}

async function measureShare(worker: BesideWorker, requests: Requests, options: ShareOptions): Promise<Phase[]> {
  const phases: Phase[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    // What drifts meets both sides alike.
    const turns = round % 2 === 0 ? [false, true] : [true, false];
    for (const load of loads) {
      for (const beside of turns) {
        options.onProgress(`share ${options.share}, round ${round + 1}: ${load} load, ${beside ? 'beside' : 'alone'}`);
        phases.push(await measurePhase(worker, requests, options, { load, beside, round }));
      }
    }
  }
  return phases;
}

async function measurePhase(
  { client, training, steps }: BesideWorker,
  requests: Requests,
  { share, seconds, callers, halfPerSecond }: ShareOptions,
  phase: Pick<Phase, 'load' | 'beside' | 'round'>,
): Promise<Phase> {
  if (phase.beside) training.goOn();
  const before = { at: performance.now(), processor: training.processorSeconds(), steps: steps() };
  const load = { client, requests, seconds };
  const latencies =
    phase.load === 'full'
      ? await sendFull(load, callers)
      : await sendSteadily(load, { perSecond: halfPerSecond, seed: phase.round });
  const passed = (performance.now() - before.at) / 1_000;
  const used = training.processorSeconds() - before.processor;
  training.pause();
  return {
    ...{ ...phase, share, latencies, seconds: passed },
    trainingTook: used / passed / availableParallelism(),
    trainingSteps: steps() - before.steps,
  };
}
