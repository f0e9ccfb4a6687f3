import type { CalibrationTexts } from '#cli/capacity-plan/calibration/calibration-texts.ts';
import type { WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';
import type { ScoreTiming } from '#shared/protocol/score.ts';

/** What a worker did while it never ran out of documents: the calls that were answered once it had settled and before callers left. */
export interface BusySample {
  /** Wall-clock time, from the answer before the first of these to the last. */
  readonly milliseconds: number;
  /** In the order of the calls, each of so many. */
  readonly documentsPerCall: number;
  readonly documents: readonly BusyDocument[];
  /** Work of all threads. */
  readonly tokenizeMs: number;
  readonly prefixMs: number;
  readonly suffixMs: number;
  /** Prefixes that were computed. */
  readonly prefixes: number;
  /** When each call was answered, since the answer before the first of them. */
  readonly answeredAtMs: readonly number[];
}

export interface BusyDocument {
  readonly tokens: number;
  readonly queryTokens: number;
  readonly isNew: boolean;
}

export interface BusyToMeasure {
  readonly worker: WorkerConnection;
  readonly texts: CalibrationTexts;
  readonly threads: number;
  readonly seconds: number;
}

/** What a worker gets of a request that several share: what a call costs the cores beside its documents is in their time then. */
const documentsPerCall = 6;

/** Calls that are out at once, for each thread: more documents than a full batch and the next one. */
const callersPerThread = 6;

const documentWords = [40, 90, 150];
const queryWords = [5, 10, 16];

/** Documents that come again and again; every other document of a call is one of them. */
const familiarPerThread = 16;

/** As many callers without a pause as keep all threads busy, for these seconds. */
export async function measureBusy({ worker, texts, threads, seconds }: BusyToMeasure): Promise<BusySample> {
  const pick = (choices: readonly number[], index: number) => choices[index % choices.length] ?? 0;
  const familiar = Array.from({ length: familiarPerThread * threads }, (_, index) =>
    texts.text(pick(documentWords, index)),
  );
  await worker.score({ query: texts.text(8), documents: familiar, scoresQuery: false });
  const answered: AnsweredCall[] = [];
  let calls = 0;
  const callOnce = async () => {
    const number = calls;
    calls += 1;
    const isNew = (index: number) => index % 2 === 0;
    const sent = Array.from({ length: documentsPerCall }, (_, index) =>
      isNew(index)
        ? texts.text(pick(documentWords, index >> 1))
        : (familiar[(number * (documentsPerCall / 2) + (index >> 1)) % familiar.length] ?? ''),
    );
    const query = texts.text(pick(queryWords, number));
    const call = { query, documents: sent, scoresQuery: false, tenant: `caller-${number % 8}` };
    const { timing, documentTokens, queryTokens } = await worker.score(call);
    const documents = documentTokens.map((tokens, index) => ({ tokens, queryTokens, isNew: isNew(index) }));
    answered.push({ atMs: performance.now(), timing, documents });
  };
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + seconds * 1_000;
  const caller = async () => {
    do await callOnce();
    while (performance.now() < endsAtMs);
  };
  const callers = callersPerThread * threads;
  await Promise.all(Array.from({ length: callers }, caller));
  return sampleOf(answered, callers, endsAtMs);
}

interface AnsweredCall {
  readonly atMs: number;
  readonly timing: ScoreTiming;
  readonly documents: readonly BusyDocument[];
}

/** Answers of each caller that do not count: all callers begin at once, and are answered at once for a while. */
const answersToSettle = 2;

/**
 * What was answered from a settled start until callers leave. Before, a worker has done work that no answer tells of, and afterwards its threads run out of
 * it: neither is the pace of a full load. All that was answered where that is next to nothing.
 */
function sampleOf(answered: readonly AnsweredCall[], callers: number, endsAtMs: number): BusySample {
  const settled = answered.slice(answersToSettle * callers - 1).filter(({ atMs }) => atMs <= endsAtMs);
  const [first, ...counted] = settled.length > callers ? settled : answered;
  const fromMs = first?.atMs ?? 0;
  const sum = (part: (timing: ScoreTiming) => number) => counted.reduce((total, { timing }) => total + part(timing), 0);
  return {
    milliseconds: (counted.at(-1)?.atMs ?? fromMs) - fromMs,
    documentsPerCall,
    documents: counted.flatMap(({ documents }) => documents),
    tokenizeMs: sum((timing) => timing.tokenize_ms),
    prefixMs: sum((timing) => timing.prefix_ms),
    suffixMs: sum((timing) => timing.suffix_ms),
    prefixes: sum((timing) => timing.prefixes - timing.prefix_hits),
    answeredAtMs: counted.map(({ atMs }) => atMs - fromMs),
  };
}
