import { Counter, Gauge, type Registry } from 'prom-client';

/** What happens to training jobs on this worker. */
export interface TrainingMetrics {
  readonly jobTaken: () => void;
  readonly stepDone: (tokens: number) => void;
  readonly processorUsed: (seconds: number) => void;
  /** @param end how the job left the worker: completed, failed, cancelled, released, lost, unreachable, dropped */
  readonly jobEnded: (end: string) => void;
}

export function trainingMetrics(registry: Registry): TrainingMetrics {
  const registers = [registry];
  const running = new Gauge({
    name: 'hintrank_worker_training_jobs',
    help: 'Training jobs that this worker has: none or one.',
    registers,
  });
  const ended = new Counter({
    name: 'hintrank_worker_training_jobs_ended_total',
    help: 'Training jobs that left this worker, by how.',
    labelNames: ['end'],
    registers,
  });
  const steps = new Counter({ name: 'hintrank_worker_training_steps_total', help: 'Training steps done.', registers });
  const tokens = new Counter({
    name: 'hintrank_worker_training_tokens_total',
    help: 'Tokens of queries and hints that went through the model in training steps.',
    registers,
  });
  const processor = new Counter({
    name: 'hintrank_worker_training_processor_seconds_total',
    help: 'Processor time of the processes that train, over all their threads; the rate is the number of cores that training takes.',
    registers,
  });
  return {
    jobTaken: () => running.set(1),
    stepDone: (count) => {
      steps.inc();
      tokens.inc(count);
    },
    processorUsed: (seconds) => processor.inc(seconds),
    jobEnded: (end) => {
      running.set(0);
      ended.inc({ end });
    },
  };
}
