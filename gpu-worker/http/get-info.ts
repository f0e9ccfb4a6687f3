import type { Context } from 'hono';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { scoringFingerprint } from '#gpu-worker/http/scoring-fingerprint.ts';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { defaultTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import type { AdapterStatistics } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { EngineMemory } from '#gpu-worker/scoring/scoring-engine.ts';
import type { WorkerInfo } from '#shared/protocol/score.ts';

export interface GetInfoOptions {
  readonly state: WorkerState;
  readonly modelId: string;
  readonly queueLengthMax: number;
  readonly version: string;
}

/** `GET /info`: what this worker holds and how busy it is. Throws `not_ready` before the model is loaded. */
export function getInfo({ state, modelId, queueLengthMax, version }: GetInfoOptions) {
  return (context: Context<CallContext>) =>
    state.serve(async ({ engine, adapters, calibration, tokenizerFingerprint }) => {
      const info: WorkerInfo = {
        model: modelId,
        precision: engine.info.precision,
        precision_reason: engine.info.precisionReason,
        device: engine.info.device,
        threads: engine.info.threads,
        queue_length: engine.queueLength(),
        queue_length_max: queueLengthMax,
        adapters_loaded: adapters.digests(),
        model_fingerprint: engine.info.modelFingerprint,
        tokenizer_fingerprint: tokenizerFingerprint,
        memory: describeMemory(engine.memory(), adapters.statistics()),
        default_template: defaultTemplate,
        scoring_fingerprint: scoringFingerprint({ engine, calibration }, version),
        version,
      };
      return context.json(info);
    });
}

function describeMemory(engine: EngineMemory, adapters: AdapterStatistics): WorkerInfo['memory'] {
  return {
    prefix_bytes: engine.prefixBytes,
    prefix_bytes_max: engine.prefixBytesMax,
    prefixes: engine.prefixes,
    adapter_bytes: adapters.bytes,
    adapter_bytes_max: adapters.bytesMax,
    sessions: engine.sessions,
    weights_shared: engine.weightsShared,
    weights_bytes: engine.weightsBytes,
    resident_bytes: process.memoryUsage.rss(),
  };
}
