import { z } from 'zod';
import { defaultPrefixCacheBytes } from '#gpu-worker/scoring/prefix-cache/default-prefix-cache-bytes.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';
import { limits } from '#shared/limits.ts';
import { parseSigningKeys } from '#shared/signed-calls/parse-signing-keys.ts';
import { parseTracingSettings } from '#shared/tracing/tracing-settings.ts';

const integer = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

const signingKeys = z.string({ error: 'is required: base64url, at least 32 bytes' }).transform((text, context) => {
  try {
    return parseSigningKeys(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not readable' });
    return z.NEVER;
  }
});

/** Digests, separated by commas. */
const digests = z.string().transform((text, context) => {
  const parts = text.split(',').map((part) => part.trim());
  const bad = parts.find((part) => !/^[0-9a-f]{64}$/.test(part));
  if (bad !== undefined) {
    context.addIssue({ code: 'custom', message: `"${bad}" is no SHA-256 in lower-case hex` });
    return z.NEVER;
  }
  return parts;
});

/** Every setting of a GPU worker: what it means, its unit and default, and what goes wrong with a bad value. */
export const environmentSchema = z.object({
  /** Address to listen on. Default: this machine only; a container needs `0.0.0.0`, or nobody reaches it. */
  GPU_WORKER_HOST: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on; 0 lets the system choose, and the log tells which. A port in use stops the start. */
  GPU_WORKER_PORT: integer(0, 65_535).default(8790),
  /**
   * Secret, required: base64url, at least 32 bytes; several, separated by commas, while keys rotate. Must hold the key with which the edge
   * signs, or every call ends in 401. Whoever has it can use the worker.
   */
  WORKER_SIGNING_KEY: signingKeys,
  /** Id under which the edge names the base model; must equal the edge's BASE_MODEL, or every call ends in 404. */
  BASE_MODEL: z.string().min(1).max(200).default('smollm2-135m-instruct'),
  /**
   * The weights: a GGUF file, a Hugging Face folder, or a hub id. Default: the default model, fetched where it is missing. What cannot be
   * had leaves the worker not ready, with the reason in its log.
   */
  GPU_WORKER_MODEL: z.string().min(1).optional(),
  /**
   * Constants of the base model's blended score, a file of `hintrank calibrate`. Default: those shipped for the default model; any other model is
   * then ordered by likelihood, and responses say so. Constants of another model give scores that are no probabilities. Unreadable: not ready.
   */
  GPU_WORKER_CALIBRATION: z.string().min(1).optional(),
  /**
   * Arithmetic of the frozen model. `auto`: `fp16` on CUDA; on a CPU `int8` where it has 8-bit dot products, else `fp32`, the reference, which is two to
   * three times slower. All workers of a deployment must have the same, or one ranking mixes likelihoods that cannot be compared.
   */
  GPU_WORKER_PRECISION: z.enum(['auto', 'int8', 'fp32', 'fp16']).default('auto'),
  /** What runs the model. `auto`: CUDA where it works, else the CPU. `cuda` without libraries, driver or GPU: not ready, and the log says what to install. */
  GPU_WORKER_DEVICE: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
  /** Threads that run the model, each on one core. Default: the machine's cores, and 1 on CUDA. More than cores only adds waiting; memory grows with each. */
  GPU_WORKER_THREADS: integer(1, 256).optional(),
  /**
   * Documents that may wait; a call of the edge has up to 100, and a large request six of them at once. Too small: bursts end in 429 though the worker would
   * have kept up; too large: callers wait past their deadline for nothing.
   */
  GPU_WORKER_QUEUE_LENGTH_MAX: integer(1, 1_000_000).default(4_096),
  /**
   * Bytes of keys and values of documents that are kept, over all threads: 3.5 MB for one of 150 tokens of the default model in int8, twice that in
   * fp32. Default: a quarter of the memory. Too small: documents that come again are computed again, at four to ten times the cost; too large: the process is killed.
   */
  GPU_WORKER_PREFIX_CACHE_BYTES: integer(0, Number.MAX_SAFE_INTEGER).default(defaultPrefixCacheBytes()),
  /** Folder for converted weights, a few times the model's size. Lost or not writable: every start converts anew, or fails. */
  GPU_WORKER_CACHE_FOLDER: z.string().min(1).default('.hintrank/cache'),
  /** Bytes of adapter files that are loaded at once, over all tenants. Too small: adapters are loaded again and again, or refused while others are in use. */
  GPU_WORKER_ADAPTER_BYTES_MAX: integer(limits.adapterBytesMax, Number.MAX_SAFE_INTEGER).default(
    2 * limits.adapterBytesMax,
  ),
  /**
   * Bytes of adapter files on disk, in `adapters/` of the cache folder. 0: none is kept there, and every start downloads again. Too small: files are deleted
   * that will be asked for while the store is gone; more than the disk has: nothing is kept any more, with a warning for each.
   */
  GPU_WORKER_ADAPTER_DISK_BYTES_MAX: integer(0, Number.MAX_SAFE_INTEGER).default(8 * limits.adapterBytesMax),
  /**
   * Digests of adapters, separated by commas, that are loaded at the start and never unloaded to make room. More bytes than
   * GPU_WORKER_ADAPTER_BYTES_MAX: the last ones are not loaded, and no other adapter is.
   */
  GPU_WORKER_ADAPTERS_PINNED: digests.optional(),
  /** Milliseconds for the download of one adapter. Too short: large adapters never arrive; too long: calls wait on a store that hangs. */
  GPU_WORKER_ADAPTER_TIMEOUT_MS: integer(100, 600_000).default(30_000),
  /** Seconds from SIGTERM to the end: running calls may finish in them. Must be less than what the platform grants (Kubernetes: 30), or it kills them. */
  GPU_WORKER_GRACE_SECONDS: integer(0, 3_600).default(25),
  /**
   * `serve` scores; `train` takes training jobs from the edge and scores nothing; `both` does both, training below the priority of everything else. With
   * `train` or `both` EDGE_URL and S3_BUCKET are required. Without any worker that trains, jobs wait.
   */
  GPU_WORKER_ROLE: z.enum(['serve', 'train', 'both']).default('serve'),
  /** Base URL of the edge, which training jobs are taken from. Wrong: jobs wait, and the log says that the edge does not answer. */
  EDGE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  /**
   * Threads that a training runs the model with. Default: the machine's cores for `train`, one for `both`. More than cores only adds waiting; beside
   * serving, each is a core that bursts of requests have to win back.
   */
  GPU_WORKER_TRAINING_THREADS: integer(1, 256).optional(),
  /**
   * Share of all cores' time that a training may use, above 0 and at most 1; it rests as long as it has used more. Default: 0.25 for `both`, 1 for `train`.
   * Too small: jobs take days; too large: requests beside them take longer.
   */
  GPU_WORKER_TRAINING_SHARE: z.coerce.number().min(0.01).max(1).optional(),
  /** Bytes on disk for what the frozen model made of a job's documents, removed with the job. Too small: it is computed again in each epoch. */
  GPU_WORKER_TRAINING_DISK_BYTES: integer(0, Number.MAX_SAFE_INTEGER).default(8_000_000_000),
  /** Seconds between two questions for a job while there is none. Too long: jobs wait for nothing; too short: the edge is asked for nothing. */
  GPU_WORKER_TRAINING_IDLE_SECONDS: z.coerce.number().min(0.05).max(3_600).default(5),
  /**
   * Seconds for which a job that cannot reach the edge, or the object store, goes on trying. Too short: a short outage costs the steps since the last
   * checkpoint; too long: a worker that is cut off trains what another has taken over.
   */
  GPU_WORKER_TRAINING_PATIENCE_SECONDS: integer(1, limits.trainingPatienceSecondsMax).default(900),
  /** `debug` also logs probes. `silent` hides why a model did not load. */
  GPU_WORKER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** URL of an OpenTelemetry collector (OTLP over HTTP). Absent: nothing is traced. Out of reach: spans are lost, and the log says so once a minute. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  /** Secret: what the collector asks for, `NAME=VALUE` separated by commas, values percent-encoded. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  /** Which traces are kept. The default follows the edge, which has decided for each request. */
  OTEL_TRACES_SAMPLER: z.string().optional(),
  /** Share of traces that `…traceidratio` keeps, 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
  /** Name of the service in its spans. */
  OTEL_SERVICE_NAME: z.string().optional(),
  /** Bucket with the adapters. Absent: the worker serves the base model alone, and adapters end in 503. */
  S3_BUCKET: z.string().min(1).optional(),
  /** URL of the S3 service. Absent: AWS's own for the region. */
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  /** Region that requests are signed for. Default: AWS_REGION, or `auto`, which is right for Cloudflare R2. Another than the bucket's: adapters end in 503. */
  S3_REGION: z.string().min(1).optional(),
  /** What the AWS SDK's own variable says; S3_REGION goes before it. */
  AWS_REGION: z.string().min(1).optional(),
  /** `true`: the bucket is the first part of the path, as every S3 service understands. `false`: it is a sub-domain, as AWS prefers. */
  S3_PATH_STYLE: z.enum(['true', 'false']).default('true'),
  /** Credentials that may read the bucket. Absent: what the AWS SDK finds (AWS_ACCESS_KEY_ID, profile, web identity, instance role). */
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
});

export type Environment = z.infer<typeof environmentSchema>;

/** Reads and checks every setting. Throws one Error that lists all problems; values of secrets are never in it. */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  // An empty variable is what orchestrators make of one that is not set.
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(present);
  // Of secrets only the signing key has a rule, one of our own: its value is not shown.
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => describeFieldFault(issue, present, { whole: 'the settings' }));
  if ((present['S3_ACCESS_KEY_ID'] === undefined) !== (present['S3_SECRET_ACCESS_KEY'] === undefined)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: give both or neither');
  }
  parseTracingSettings(present, '', problems);
  const role = present['GPU_WORKER_ROLE'] ?? 'serve';
  for (const name of ['EDGE_URL', 'S3_BUCKET']) {
    if (role !== 'serve' && present[name] === undefined) problems.push(`${name}: is required with the role ${role}`);
  }
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new Error(`The worker is not configured: ${problems.join('; ')}.`);
}
