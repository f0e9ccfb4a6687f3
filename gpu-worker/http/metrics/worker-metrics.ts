import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { addStateMetrics } from '#gpu-worker/http/metrics/state-metrics.ts';
import { type TrainingMetrics, trainingMetrics } from '#gpu-worker/http/metrics/training-metrics.ts';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';
import type { EngineObserver } from '#gpu-worker/scoring/engine-observer.ts';

/** Everything that `/metrics` shows, and where it is told of. */
export interface WorkerMetrics {
  /** What happens in the engine. */
  readonly engine: EngineObserver;
  readonly training: TrainingMetrics;
  /** A call was answered; `code` is that of the error table, where there was an error. */
  readonly callDone: (route: string, status: number, seconds: number, code: string | undefined) => void;
  /** From now on, queue, caches and adapters are read from this worker whenever somebody looks. */
  readonly watch: (state: WorkerState) => void;
  /** The text format of Prometheus. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const rowsBuckets = [8, 16, 32, 64, 96, 128, 160, 200, 320, 640, 1_280, 5_120];

/** Metrics of one worker, in a registry of their own. Names start with `hintrank_worker_`; no label holds anything of a caller. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    engine: engineMetrics(registry),
    training: trainingMetrics(registry),
    callDone: callMetrics(registry),
    watch: (state) => addStateMetrics(registry, state),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function callMetrics(registry: Registry): WorkerMetrics['callDone'] {
  const registers = [registry];
  const requests = new Counter({
    name: 'hintrank_worker_requests_total',
    help: 'Calls that were answered.',
    labelNames: ['route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'hintrank_worker_request_seconds',
    help: 'From the start of a call to its answer.',
    labelNames: ['route'],
    buckets: secondsBuckets,
    registers,
  });
  const failures = new Counter({
    name: 'hintrank_worker_failures_total',
    help: 'Calls that were answered with an error, by its code.',
    labelNames: ['code'],
    registers,
  });
  return (route, status, seconds, code) => {
    requests.inc({ route, status });
    durations.observe({ route }, seconds);
    if (code !== undefined) failures.inc({ code });
  };
}

function engineMetrics(registry: Registry): EngineObserver {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `hintrank_worker_${name}_total`, help, registers });
  const documents = counter(
    'documents',
    'Pairs of query and document that were scored; each chunk of a long document is one.',
  );
  const documentTokens = counter('document_tokens', 'Tokens of documents that were read, once for each query.');
  const queryTokens = counter('query_tokens', 'Tokens of queries that were scored, once for each document.');
  const prefixHits = counter('prefix_hits', 'Prefixes whose keys and values were kept from earlier.');
  const prefixMisses = counter('prefix_misses', 'Prefixes that were computed.');
  const stageSeconds = new Counter({
    name: 'hintrank_worker_stage_seconds_total',
    help: 'Time of the scoring threads, by what it went into.',
    labelNames: ['stage'],
    registers,
  });
  const wait = new Histogram({
    name: 'hintrank_worker_queue_wait_seconds',
    help: 'From the arrival of a document to the start of its batch.',
    buckets: secondsBuckets,
    registers,
  });
  const runRows = new Histogram({
    name: 'hintrank_worker_run_rows',
    help: 'Rows of a run of the suffix graph.',
    buckets: rowsBuckets,
    registers,
  });
  const runSeconds = new Histogram({
    name: 'hintrank_worker_run_seconds',
    help: 'Duration of a run of the suffix graph in the runtime.',
    buckets: secondsBuckets,
    registers,
  });
  return {
    taskDone: (scores, timing) => {
      documents.inc(scores.length);
      for (const { documentTokens: tokens, targetIds } of scores) {
        documentTokens.inc(tokens);
        queryTokens.inc(targetIds.length);
      }
      prefixHits.inc(timing.prefixHits);
      prefixMisses.inc(timing.prefixMisses);
      wait.observe(timing.queueMs / 1_000);
      stageSeconds.inc({ stage: 'tokenize' }, timing.tokenizeMs / 1_000);
      stageSeconds.inc({ stage: 'prefix' }, timing.prefixMs / 1_000);
      stageSeconds.inc({ stage: 'hints' }, timing.hintsMs / 1_000);
      stageSeconds.inc({ stage: 'suffix' }, timing.suffixMs / 1_000);
    },
    batchDone: (_thread, { runs }) => {
      for (const { rows, milliseconds } of runs) {
        runRows.observe(rows);
        runSeconds.observe(milliseconds / 1_000);
      }
    },
  };
}
