import type { CalibrationTexts } from '#cli/capacity-plan/calibration/calibration-texts.ts';
import type { WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';

/** What a worker did while it never ran out of documents. */
export interface BusySample {
  /** Wall-clock time. */
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
  /** When each call was answered, since the start. */
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
  const totals = { tokenizeMs: 0, prefixMs: 0, suffixMs: 0, prefixes: 0 };
  const documents: BusyDocument[] = [];
  const answeredAtMs: number[] = [];
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
    answeredAtMs.push(performance.now() - startedAtMs);
    totals.tokenizeMs += timing.tokenize_ms;
    totals.prefixMs += timing.prefix_ms;
    totals.suffixMs += timing.suffix_ms;
    totals.prefixes += timing.prefixes - timing.prefix_hits;
    for (const [index, tokens] of documentTokens.entries())
      documents.push({ tokens, queryTokens, isNew: isNew(index) });
  };
  const startedAtMs = performance.now();
  const caller = async () => {
    do await callOnce();
    while (performance.now() - startedAtMs < seconds * 1_000);
  };
  await Promise.all(Array.from({ length: callersPerThread * threads }, caller));
  return { milliseconds: performance.now() - startedAtMs, documentsPerCall, documents, answeredAtMs, ...totals };
}
