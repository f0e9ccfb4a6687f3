import { askScoringFingerprint } from '#edge/gpu-workers/ask-scoring-fingerprint.ts';
import { digestDocuments } from '#edge/gpu-workers/digest-documents.ts';
import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import type { ScoringJob } from '#edge/gpu-workers/score-on-workers.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { scoreTogether } from '#edge/rerank/score-together.ts';
import type { ScoringState } from '#edge/rerank/scoring-state.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import { entryOfScores, scoreOfEntry } from '#edge/score-cache/entry-of-scores.ts';
import { scoreCacheKey } from '#edge/score-cache/score-cache-key.ts';
import type { ScoreEntry } from '#edge/score-cache/score-entry.ts';

export interface CachedScoringCall {
  readonly tenantId: string;
  readonly job: Omit<ScoringJob, 'digests'>;
  readonly use: CacheUse;
  /** Lets work go on after the answer. */
  readonly runInBackground: (work: Promise<unknown>) => void;
}

export interface CachedScoring {
  /** In the order of the request. */
  readonly scores: readonly MergedScore[];
  readonly queryTokens: number;
  /** Milliseconds of the slowest worker; undefined where none was asked. */
  readonly workerMs: number | undefined;
  /** Whether each document's score came from the cache, in the order of the request. */
  readonly fromCache: readonly boolean[];
}

/**
 * Scores documents, each from the cache where it is there; only the others go to the workers, each text once, and equal requests that overlap share
 * the workers' answer. Throws as scoreOnWorkers.
 */
export async function scoreThroughCache(
  state: ScoringState,
  ports: WorkerCallPorts,
  call: CachedScoringCall,
): Promise<CachedScoring> {
  const { job, use } = call;
  const digests = await digestDocuments(job.request.documents);
  const names = digests.map(nameOf);
  const fingerprint = state.cache.enabled && use.read ? await identify(state, ports, call) : undefined;
  const key = fingerprint === undefined ? undefined : await keyOf(call, fingerprint);
  const known = key === undefined ? undefined : usable(await state.cache.find(key, names), call);
  const missing = new Map(
    names.map((name, index) => [name, index] as const).filter(([name]) => !known?.scores.has(name)),
  );
  if (known !== undefined && missing.size === 0) {
    return { ...join(names, known, new Map()), queryTokens: known.queryTokens, workerMs: undefined };
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
  return { ...join(names, known, fresh), queryTokens: scored.queryTokens, workerMs: scored.workerMs };
}

/** A document's name in the cache. */
function nameOf(digest: Uint8Array): string {
  return btoa(String.fromCharCode(...digest));
}

function identify({ identity }: ScoringState, ports: WorkerCallPorts, { job }: CachedScoringCall) {
  return identity.find(() => askScoringFingerprint(ports, job.workers, job.signal));
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
  await cache.add(await keyOf(call, fingerprint), fresh);
}

function join(names: readonly string[], known: ScoreEntry | undefined, fresh: ReadonlyMap<string, MergedScore>) {
  const scores = names.map((name, index) => {
    const score = fresh.get(name) ?? scoreOfEntry(known, name);
    if (score === undefined) throw new Error(`document ${index} of ${names.length} was neither cached nor scored`);
    return score;
  });
  return { scores, fromCache: names.map((name) => !fresh.has(name)) };
}
