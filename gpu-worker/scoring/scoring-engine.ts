import type { DeviceChoice, ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ChunkRange, ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { EngineObserver, TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import type { PairExplanation } from '#gpu-worker/scoring/explanation/explain-pair.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export type Precision = WeightManifest['precision'];

/** `auto`: what suits device and processor (prepared-model/choose-precision.ts). */
export type PrecisionChoice = Precision | 'auto';

/** One document against one or more queries: the document's prefix is computed once. Split this way, a score never depends on what else is asked. */
export interface ScoreTask {
  readonly document: string;
  readonly queries: readonly string[];
  /** Absent: the adapter's template, or the default. */
  readonly template?: TemplateName;
  /** SHA-256 hex of an adapter that `loadAdapter` has taken. */
  readonly adapterDigest?: string;
  /** Tokens of the document that are kept (its start, or its end where the template says so). */
  readonly maxTokensPerDoc?: number;
  /** How a document is scored that has more tokens than a chunk: piece by piece, and the best piece counts. Absent: in one piece, cut to `maxTokensPerDoc`. */
  readonly chunks?: ChunkSettings;
  /** Whether results say which tokens and hints they are of; changes no score. */
  readonly explain?: boolean;
}

/** One chunk of a document against queries; its prefix is computed once, like a document's. */
export interface ChunkTask extends Pick<ScoreTask, 'queries' | 'template' | 'adapterDigest'> {
  readonly documentIds: Uint32Array;
  /** Where the score is to be explained: the whole document, and which of its tokens is the chunk's first. */
  readonly explain?: { readonly document: string; readonly firstToken: number };
}

/** A query without a document, for the blended score. */
export interface QueryTask {
  readonly query: string;
  readonly template: TemplateName;
}

/** Token ids in, for researchers and golden tests: log p(target | prompt, targets so far). */
export interface TokenTask {
  readonly promptIds: readonly number[];
  readonly targetIds: readonly number[];
}

export interface PairScore {
  /** Nats per token, over the tokens that the template counts. */
  readonly meanLogLikelihood: number;
  readonly targetIds: readonly number[];
  /** float32 values, nats, one a target. */
  readonly targetLogLikelihoods: Float32Array;
  /** Tokens that were read; of a document in chunks, those of all chunks. */
  readonly documentTokens: number;
  readonly truncated: boolean;
  /** How much of the query the words of the document, or of its best chunk, cover (shared/calibration/lexical-match.ts); absent for token ids. */
  readonly lexicalMatch?: number;
  /** The chunk that the score is of; absent where the document was scored in one piece. */
  readonly chunk?: BestChunk;
  /** Q-PEFT-R: the document tokens that became hints, in order. */
  readonly selectedIds?: readonly number[];
  /** Where the task asked for it. */
  readonly explanation?: PairExplanation;
}

/** The chunk of a document that counts, and where it lies. */
export interface BestChunk {
  /** From 0. */
  readonly index: number;
  /** How many there were. */
  readonly count: number;
  readonly tokens: ChunkRange;
  /** In UTF-16 code units of the document's text; null where the tokenizer normalises it, so that they do not correspond. */
  readonly characters: ChunkRange | null;
}

export interface TaskOptions {
  /** Drops the task from the queue, or ignores its result; the promise rejects with `request_cancelled`. */
  readonly signal?: AbortSignal;
  /** Unix milliseconds; a task not started by then rejects with `deadline_exceeded`. */
  readonly deadlineAtMs?: number;
  /** Whose share of the threads pays: those that wait are served alike. Tasks without one share a share. */
  readonly tenant?: string;
  /** Whether the caller's own region is another, so that the task waits for those of nearer callers. */
  readonly isGuest?: boolean;
  /** Tasks of one request take turns with those of the tenant's others. */
  readonly request?: string;
  /** Of the request (default 0): the tenant's tasks of a lower number go first, and other tenants notice nothing of it. */
  readonly priority?: number;
  /** The span that it is a part of; absent: nobody traces it. */
  readonly trace?: TraceSpan;
  /** Called once when the task has been scored. */
  readonly onTiming?: (timing: TaskTiming) => void;
}

export interface AdapterSummary {
  readonly digest: string;
  readonly method: 'retrieve' | 'attend' | 'soft-prompt';
  readonly template: TemplateName;
  readonly bytes: number;
  /** Constants of its blended score; null where the file has none. */
  readonly calibration: Calibration | null;
}

export interface EngineInfo {
  readonly modelPath: string;
  readonly modelFingerprint: string;
  readonly tokenizerFingerprint: string | null;
  readonly precision: Precision;
  /** Why this precision, for people: the end of "int8, because …". */
  readonly precisionReason: string;
  readonly device: ExecutionDevice;
  readonly threads: number;
  readonly contextLength: number;
}

/** What an engine takes, bytes, of which `prefixBytes` is as of each thread's last batch. */
export interface EngineMemory {
  /** Keys and values that are kept, of this many prefixes. */
  readonly prefixBytes: number;
  readonly prefixBytesMax: number;
  readonly prefixes: number;
  /** Prefixes that were thrown out to make room, since the start. */
  readonly prefixEvictions: number;
  /** Sessions over all threads. */
  readonly sessions: number;
  /** All sessions read one copy of the packed weights, mapped from disk; else each has packed them for itself. */
  readonly weightsShared: boolean;
  readonly weightsBytes: number;
}

/** Scores on worker threads; the calling thread never runs the model. Made by `createScoringEngine` (create-scoring-engine.ts). */
export interface ScoringEngine {
  readonly info: EngineInfo;
  /** One result per query, in order. Throws ServiceError: `overloaded` when the queue is full, `deadline_exceeded`, `request_cancelled`, `invalid_request` (query too long for the context). */
  score(task: ScoreTask, options?: TaskOptions): Promise<PairScore[]>;
  /**
   * Mean log-likelihood of the query's tokens (nats) where the template's document is left out: a property of query, template and base model alone.
   * Remembered for the queries of late. Throws as `score` does.
   */
  queryLogLikelihood(task: QueryTask, options?: TaskOptions): Promise<number>;
  /** The same for each of its tokens: nats, float32 [targets], whose mean it is. */
  queryTokenLogLikelihoods(task: QueryTask, options?: TaskOptions): Promise<Float32Array>;
  scoreTokens(task: TokenTask, options?: TaskOptions): Promise<PairScore>;
  /** Parses, validates against this model and hands the adapter to every thread. Idempotent by digest. Throws ServiceError `invalid_adapter`. */
  loadAdapter(file: Uint8Array): Promise<AdapterSummary>;
  unloadAdapter(digest: string): Promise<void>;
  /** Tasks waiting, not those running. */
  queueLength(): number;
  /** Milliseconds until what waits is worked off, at the pace of late; without guests, unless for a guest: they wait for all others. */
  queueWaitMs(isGuest: boolean): number;
  memory(): EngineMemory;
  /** Rejects what waits, finishes what runs, ends the threads. */
  close(): Promise<void>;
}

export interface ScoringEngineOptions {
  /** A GGUF file or a Hugging Face folder. */
  readonly modelPath: string;
  readonly precision: PrecisionChoice;
  /** Default: the CPU. */
  readonly device?: DeviceChoice;
  /** Worker threads, each with its own single-threaded sessions; default: the machine's cores, and one on a GPU. */
  readonly threads?: number;
  /** Tasks that may wait before `overloaded`; default 4,096. */
  readonly queueLengthMax?: number;
  /** Bytes of kept keys and values of document prefixes, over all threads; default: a quarter of the memory. 0 keeps none. */
  readonly prefixCacheBytes?: number;
  /** Folder for the converted weights (made if missing), keyed by the model's fingerprint. */
  readonly cacheFolder: string;
  /** Progress of the one-time conversion: a stage name and a fraction in [0, 1]. */
  readonly onProgress?: (stage: string, fraction: number) => void;
  readonly observer?: EngineObserver;
}
