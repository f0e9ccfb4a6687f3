import { digestDocuments } from '#edge/gpu-workers/digest-documents.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import type { ScoringJob } from '#edge/gpu-workers/score-on-workers.ts';
import type { ShardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import { scoreTogether } from '#edge/rerank/score-together.ts';
import type { ScoringState } from '#edge/rerank/scoring-state.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import { entryOfScores, scoreOfEntry } from '#edge/score-cache/entry-of-scores.ts';
import { scoreCacheKey } from '#edge/score-cache/score-cache-key.ts';
import type { ScoreEntry } from '#edge/score-cache/score-entry.ts';
import type { ScoreTiming } from '#shared/protocol/score.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

export interface CachedScoringCall {
  readonly tenantId: string;
  /** Origin of the request. */
  readonly origin: string;
  readonly job: Omit<ScoringJob, 'digests'>;
  readonly use: CacheUse;
  /** The workers' scoring fingerprint, by asking one; undefined where none answers. */
  readonly askFingerprint: () => Promise<string | undefined>;
  /** Lets work go on after the answer. */
  readonly runInBackground: (work: Promise<unknown>) => void;
}

export interface CachedScoring {
  /** In the order of the request; undefined where a tolerated failure left a document without a score. */
  readonly scores: readonly (MergedScore | undefined)[];
  readonly failure: ShardFailure | undefined;
  readonly queryTokens: number;
  /** Milliseconds of the slowest worker; undefined where none was asked. */
  readonly workerMs: number | undefined;
  readonly workerTiming?: ScoreTiming | undefined;
  /** Whether each document's score came from the cache, in the order of the request. */
  readonly fromCache: readonly boolean[];
  /** Of the workers that gave these scores, now or earlier; undefined where they do not say it, or differ. */
  readonly scoringFingerprint: string | undefined;
}

/**
 * Scores documents, each from the cache where it is there; only the others go to the workers, each text once, and equal requests that overlap share
 * the workers' answer. Throws as scoreOnWorkers.
 */
export async function scoreThroughCache(
  state: ScoringState,
  ports: FanOutPorts,
  call: CachedScoringCall,
): Promise<CachedScoring> {
  const { job, use } = call;
  const digests = await digestDocuments(job.request.documents);
  const names = digests.map(nameOf);
  const { fingerprint, key, known } = await lookUp(state, call, names);
  const missing = new Map(
    names.map((name, index) => [name, index] as const).filter(([name]) => !known?.scores.has(name)),
  );
  if (known !== undefined && missing.size === 0) {
    const { queryTokens } = known;
    const nobodyAsked = { failure: undefined, workerMs: undefined };
    return { ...join(names, known, new Map()), ...nobodyAsked, queryTokens, scoringFingerprint: fingerprint };
  }

  const indices = [...missing.values()];
  const documents = indices.map((index) => job.request.documents[index] ?? '');
  const scored = await scoreTogether(state, ports, {
    ...call,
    scope: `${call.tenantId} ${key}`,
    job: { ...job, request: { ...job.request, documents }, digests: indices.flatMap((index) => digests[index] ?? []) },
  });
  const fresh = new Map(
    [...missing.keys()].flatMap((name, position) => {
      const score = scored.scores[position];
      return score === undefined ? [] : [[name, score] as const];
    }),
  );
  if (scored.scoringFingerprint !== undefined) {
    state.identity.learn(scored.scoringFingerprint);
    const entry = entryOfScores({ ...scored, scores: fresh, withFeatures: job.request.include_calibration });
    if (use.store) call.runInBackground(keep(state, call, scored.scoringFingerprint, entry));
    if (known !== undefined && scored.scoringFingerprint !== fingerprint) {
      // The cache spoke for other workers than those that answer now: nothing of it may stand beside their scores.
      return scoreThroughCache(state, ports, { ...call, use: { ...use, read: false } });
    }
  }
  const queryTokens = fresh.size > 0 ? scored.queryTokens : (known?.queryTokens ?? 0);
  return {
    ...join(names, known, fresh),
    failure: scored.failure,
    queryTokens,
    workerMs: scored.workerMs,
    workerTiming: scored.workerTiming,
    scoringFingerprint: scored.scoringFingerprint,
  };
}

interface Found {
  readonly fingerprint: string | undefined;
  readonly key: string | undefined;
  readonly known: ScoreEntry | undefined;
}

/** What is kept of these documents, and under which key. */
function lookUp(state: ScoringState, call: CachedScoringCall, names: readonly string[]): Promise<Found> {
  const { job, use, origin } = call;
  return inSpan(job.trace, 'look up scores', { 'hintrank.documents': names.length }, async (span) => {
    const fingerprint = state.cache.enabled && use.read ? await state.identity.find(call.askFingerprint) : undefined;
    const key = fingerprint === undefined ? undefined : await keyOf(call, fingerprint);
    const known = key === undefined ? undefined : usable(await state.cache.find({ key, origin }, names), call);
    span.set({ 'hintrank.hits': known === undefined ? 0 : names.filter((name) => known.scores.has(name)).length });
    return { fingerprint, key, known };
  });
}

/** A document's name in the cache. */
function nameOf(digest: Uint8Array): string {
  return btoa(String.fromCharCode(...digest));
}

function keyOf({ tenantId, job }: CachedScoringCall, scoringFingerprint: string): Promise<string> {
  return scoreCacheKey({ tenantId, scoringFingerprint, request: job.request });
}

/** A blended score needs the query's own likelihood too, which an entry of likelihoods alone does not have. */
function usable(entry: ScoreEntry | undefined, { job }: CachedScoringCall): ScoreEntry | undefined {
  return job.request.include_calibration && entry?.features === undefined ? undefined : entry;
}

async function keep(
  { cache }: ScoringState,
  call: CachedScoringCall,
  fingerprint: string,
  fresh: ScoreEntry,
): Promise<void> {
  await cache.add({ key: await keyOf(call, fingerprint), origin: call.origin }, fresh);
}

function join(names: readonly string[], known: ScoreEntry | undefined, fresh: ReadonlyMap<string, MergedScore>) {
  return {
    scores: names.map((name) => fresh.get(name) ?? scoreOfEntry(known, name)),
    fromCache: names.map((name) => !fresh.has(name) && known?.scores.has(name) === true),
  };
}
