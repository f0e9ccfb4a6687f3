import type { D1Database, Fetcher } from '@cloudflare/workers-types';
import { type ModelAliases, parseModelAliases } from '#edge/adapters/parse-model-aliases.ts';
import { parseWorkerTargets } from '#edge/gpu-workers/parse-worker-targets.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { type AllowedOrigins, parseOrigins } from '#edge/http/parse-origins.ts';
import {
  type ObjectStoreBindings,
  type ObjectStoreSettings,
  parseObjectStoreSettings,
} from '#edge/object-store/object-store-settings.ts';
import { collectLimiters } from '#edge/request-limits/collect-limiters.ts';
import { parseDefaultLimit } from '#edge/request-limits/parse-default-limit.ts';
import type { MetricsDataset } from '#edge/telemetry/request-data-point.ts';
import {
  parseRequestLogSettings,
  type RequestLogSettings,
  type RequestLogVariables,
} from '#edge/telemetry/request-log-settings.ts';
import {
  parseTrainingEnvironment,
  type TrainingBindings,
  type TrainingEnvironment,
} from '#edge/training/training-environment.ts';
import type { TrainingQueue } from '#edge/training/training-message.ts';
import { type Peppers, parsePeppers } from '#shared/api-keys/parse-peppers.ts';
import { parseSigningKeys } from '#shared/signed-calls/parse-signing-keys.ts';
import { parseTracingSettings, type TracingSettings, type TracingVariables } from '#shared/tracing/tracing-settings.ts';

/** What the runtime hands to the worker: bindings and variables of wrangler.toml, and secrets. Untrusted until parsed. */
export interface EdgeBindings extends ObjectStoreBindings, TrainingBindings, TracingVariables, RequestLogVariables {
  readonly DB: D1Database;
  /** Static assets: the playground. Absent where the edge runs without it. */
  readonly ASSETS?: Fetcher;
  readonly TRAINING_QUEUE?: TrainingQueue;
  /** Analytics Engine dataset that gets a data point for each request. Absent: none is kept. */
  readonly EDGE_METRICS?: MetricsDataset;
  readonly GPU_WORKER_URLS?: string;
  readonly BASE_MODEL?: string;
  readonly MODEL_ALIASES?: string;
  readonly SCORE_CACHE_BYTES?: string;
  readonly SCORE_CACHE_TTL_SECONDS?: string;
  readonly WORKER_SIGNING_KEY?: string;
  readonly API_KEY_PEPPER?: string;
  readonly DEFAULT_REQUESTS_PER_MINUTE?: string;
  readonly CORS_ORIGINS?: string;
}

export interface EdgeEnvironment {
  /**
   * GPU_WORKER_URLS, required: the GPU workers, separated by commas: `URL`, `REGION=URL`, or a gateway `REGION*SHARDS=URL` (docs/operating.md). A document
   * always goes to the same worker, so a list that differs between deployments, or that changes often, costs prefix-cache hits. A worker missing here
   * gets no work; one with a wrong region makes callers far from it wait.
   */
  readonly workerTargets: readonly WorkerTarget[];
  /** The same without regions and shards. */
  readonly gpuWorkerUrls: readonly string[];
  /** BASE_MODEL, default `smollm2-135m-instruct`: id of the model that the workers hold. Another id than theirs makes every call fail as model_not_found. */
  readonly baseModel: string;
  /**
   * MODEL_ALIASES, default none: `NAME=MODEL`, separated by commas: what names mean that clients have built in (`rerank-v3.5`). Without it they get 404
   * model_not_found; a name here hides a tenant's adapter of the same name.
   */
  readonly modelAliases: ModelAliases;
  /**
   * SCORE_CACHE_BYTES, default 16,000,000: memory of an isolate for cached scores; about 320 bytes a document. 0: no score is cached anywhere. Too small:
   * entries are pushed out before they are asked for again; too large: the isolate's 128 MB, which requests need too, run out.
   */
  readonly scoreCacheBytesMax: number;
  /** SCORE_CACHE_TTL_SECONDS, default 3600: how long scores are kept after the last addition to their query. 0: no score is cached. Too long only costs memory: equal requests have equal scores. */
  readonly scoreCacheTtlSeconds: number;
  /**
   * WORKER_SIGNING_KEY, secret, required: base64url, at least 32 bytes; the first of a comma-separated list signs. Must be among the workers' own
   * keys, or every call fails. Whoever has it can use the workers.
   */
  readonly signingKey: Uint8Array;
  /** All of the list: calls of training workers are accepted under any of them, so that keys can be rotated. */
  readonly signingKeys: readonly Uint8Array[];
  /**
   * API_KEY_PEPPER, secret, required: at least 32 characters, mixed into every stored key hash and into signatures of receipts; of a comma-separated list
   * the first one makes them, all of them verify, so that peppers can be rotated. One taken away too early: the keys that are still under it are unknown
   * until it is back.
   */
  readonly apiKeyPeppers: Peppers;
  /**
   * DEFAULT_REQUESTS_PER_MINUTE, default 600: limit of keys that have none of their own; 0: none. There must be a rate-limit binding of that number
   * (`RATE_LIMIT_600`). Too small: applications get 429; too large, or 0: one key can take all there is.
   */
  readonly requestsPerMinuteDefault: number;
  /** S3_…: the store of adapter files; undefined where S3_BUCKET is absent: adapters can then be neither uploaded nor deleted. */
  readonly objectStore: ObjectStoreSettings | undefined;
  /**
   * CORS_ORIGINS, default none: origins whose pages may call the API from a browser, separated by commas, or `*`. A page that calls it shows its key
   * to whoever opens it. Missing here: the page's calls fail in the browser.
   */
  readonly corsOrigins: AllowedOrigins;
  /** TRAINING_…: quotas of training. */
  readonly training: TrainingEnvironment;
  /** OTEL_…, default off: where traces go, and of which requests. */
  readonly tracing: TracingSettings | undefined;
  /** REQUEST_LOG…: which requests get a line in the log. */
  readonly requestLog: RequestLogSettings;
}

/** Reads and checks every field; throws one Error that lists all problems. Secrets are never in it. */
export function parseEnvironment(bindings: EdgeBindings): EdgeEnvironment {
  const problems: string[] = [];
  const workerTargets = parseWorkerTargets(bindings.GPU_WORKER_URLS ?? '', problems);
  const gpuWorkerUrls = [...new Set(workerTargets.map(({ url }) => url))];
  const signingKeys = readSigningKeys(bindings.WORKER_SIGNING_KEY ?? '', problems);
  const apiKeyPeppers = readPeppers(bindings.API_KEY_PEPPER ?? '', problems);
  const baseModel = bindings.BASE_MODEL ?? 'smollm2-135m-instruct';
  if (!/^[A-Za-z0-9._/-]{1,200}$/.test(baseModel)) {
    problems.push(
      `BASE_MODEL is "${baseModel}"; it must be 1 to 200 letters, digits, dots, dashes, underscores or slashes`,
    );
  }
  const modelAliases = parseModelAliases(bindings.MODEL_ALIASES, baseModel, problems);
  const integer = (name: 'SCORE_CACHE_BYTES' | 'SCORE_CACHE_TTL_SECONDS', absent: number, maximum: number) =>
    parseInteger(name, bindings[name], absent, maximum, problems);
  const scoreCacheBytesMax = integer('SCORE_CACHE_BYTES', 16_000_000, 64_000_000);
  const scoreCacheTtlSeconds = integer('SCORE_CACHE_TTL_SECONDS', 3_600, 604_800);
  const offered = [...collectLimiters(bindings).keys()];
  const corsOrigins = parseOrigins(bindings.CORS_ORIGINS, problems);
  const requestsPerMinuteDefault = parseDefaultLimit(bindings.DEFAULT_REQUESTS_PER_MINUTE, offered, problems);
  const training = parseTrainingEnvironment(bindings, problems);
  const objectStore = parseObjectStoreSettings(bindings, problems);
  const tracing = parseTracingSettings(bindings, 'hintrank-edge', problems);
  const requestLog = parseRequestLogSettings(bindings, problems);
  if (bindings.DB === undefined) problems.push('DB: the D1 binding is missing from wrangler.toml');
  if (problems.length > 0) throw new Error(`The edge is not configured: ${problems.join('; ')}.`);
  return {
    workerTargets,
    gpuWorkerUrls,
    baseModel,
    modelAliases,
    scoreCacheBytesMax,
    scoreCacheTtlSeconds,
    signingKey: signingKeys[0] ?? new Uint8Array(),
    signingKeys,
    apiKeyPeppers,
    requestsPerMinuteDefault,
    objectStore,
    corsOrigins,
    training,
    tracing,
    requestLog,
  };
}

function readSigningKeys(text: string, problems: string[]): Uint8Array[] {
  try {
    return parseSigningKeys(text);
  } catch (error) {
    problems.push(`WORKER_SIGNING_KEY: ${error instanceof Error ? error.message : 'not readable'}`);
  }
  return [];
}

function readPeppers(text: string, problems: string[]): Peppers {
  try {
    return parsePeppers(text);
  } catch (error) {
    problems.push(`API_KEY_PEPPER: ${error instanceof Error ? error.message : 'not readable'}`);
  }
  return { current: '', others: [] };
}

/** A whole number from 0 to `maximum`; `absent` where nothing is set. */
function parseInteger(
  name: string,
  text: string | undefined,
  absent: number,
  maximum: number,
  problems: string[],
): number {
  if (text === undefined || text === '') return absent;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= maximum) return value;
  problems.push(`${name} is "${text}"; it must be a whole number from 0 to ${maximum}`);
  return absent;
}
