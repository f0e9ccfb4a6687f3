import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import { CheckpointUploads } from '#gpu-worker/training-service/checkpoint-uploads.ts';
import { type HeldJob, type JobTools, keepTrying } from '#gpu-worker/training-service/held-job.ts';
import { startTrainingProcess, type TrainingEnd } from '#gpu-worker/training-service/process/start-training-process.ts';
import { jobFiles } from '#gpu-worker/training-service/process/training-process-messages.ts';
import { TrainingTrace } from '#gpu-worker/training-service/trace-training.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

/**
 * Runs the training in a process of its own and brings its checkpoints into the bucket, until it ends, nobody wants it, or the worker is to end: then it
 * is `stopped`, with its last checkpoint in the bucket if there was time.
 * @throws the reason of the job's end when nobody wants it
 */
export async function trainHeldJob(
  job: HeldJob,
  tools: JobTools,
  { dataPath, settings }: { readonly dataPath: string; readonly settings: TrainingSettings },
): Promise<TrainingEnd> {
  const { lease, folder, tally, over, shutdown } = job;
  const uploads = createUploads(job, tools);
  const trace = new TrainingTrace(job.trace, tools.now);
  const files = { dataPath, folder, prefixFolder: join(folder, 'prefixes') };
  const training = startTrainingProcess(
    { ...tools.training, ...files, settings, dataName: lease.dataset.name, dataFormat: lease.dataset.format },
    (event) => {
      tally.add(event);
      trace.add(event);
      if (event.kind === 'step') tools.observer.stepDone(event.tokens);
      if (event.kind === 'checkpoint') uploads.add({ step: event.step, tokens: tally.tokens });
      if (event.kind === 'dev') {
        void job.beats.now();
        void tools.tracing?.flush();
      }
    },
    (seconds) => tools.observer.processorUsed(seconds),
  );
  const ended = training.ended.then(() => undefined);
  const stop = async () => {
    training.stop();
    await Promise.race([ended, delay(tools.releaseMs)]);
    training.kill();
  };
  const onOver = () => training.kill();
  const onShutdown = () => void stop();
  over.addEventListener('abort', onOver, { once: true });
  shutdown.addEventListener('abort', onShutdown, { once: true });
  if (over.aborted) onOver();
  if (shutdown.aborted) onShutdown();
  try {
    const end = await training.ended;
    trace.end(over.aborted ? 'abandoned' : faultOf(end));
    over.throwIfAborted();
    if (end.kind === 'done') return end;
    await Promise.race([uploads.idle(), delay(tools.releaseMs)]);
    return shutdown.aborted ? { kind: 'stopped' } : end;
  } finally {
    // What arrived after the edge had cleared an ended job away would stay for ever.
    await uploads.stop();
    over.removeEventListener('abort', onOver);
    shutdown.removeEventListener('abort', onShutdown);
  }
}

function faultOf(end: TrainingEnd): string | undefined {
  if (end.kind === 'done') return undefined;
  return end.kind === 'failed' ? end.failure.code : end.kind;
}

function createUploads(job: HeldJob, { objects, pauses }: JobTools): CheckpointUploads {
  const { lease, folder, tally, beats, logger } = job;
  return new CheckpointUploads({
    path: join(folder, jobFiles.checkpoint),
    // Each lease its own keys: a worker that lost its lease overwrites nothing that its successor goes on from.
    keyOf: (step) => `${lease.checkpoint_prefix}${lease.lease}-${step}.safetensors`,
    upload: (key, path, stopped) => {
      const signal = AbortSignal.any([stopped, job.over]);
      return inSpan(job.trace, 'upload', { 'hintrank.file': jobFiles.checkpoint }, () =>
        keepTrying(job, pauses, 'checkpoint', () => objects.upload(key, path, signal), signal),
      );
    },
    tell: async (checkpoint) => {
      tally.addCheckpoint(checkpoint);
      await beats.now();
    },
    remove: (key) => objects.remove(key, job.over),
    onFault: (err) => {
      if (!job.over.aborted) logger.warn({ err }, 'a checkpoint did not arrive');
    },
  });
}
