import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { SideProcess } from '#test/bench/side-process.ts';
import type { StepMeasurement, TokenSequence, TokenStep, TrainedMethod } from '#test/bench/train/training-side.ts';

export interface PyTorchSetup {
  /** An interpreter with torch, transformers and gguf. */
  readonly python: string;
  readonly modelPath: string;
  readonly adapterPath: string;
  readonly method: TrainedMethod;
  readonly heads: number;
  readonly dropout: number;
  readonly threads: number;
  readonly learningRate: number;
  readonly temperature: number;
  readonly pointwiseWeight: number;
}

/** `batch`: sequences that go through the model together. */
export type PyTorchRequest =
  | { readonly kind: 'check'; readonly batch: number; readonly sequences: readonly TokenSequence[] }
  | ({ readonly kind: 'step'; readonly batch: number } & TokenStep);

export type PyTorchReply =
  | { readonly kind: 'check'; readonly meanNll: readonly number[] }
  | ({ readonly kind: 'step' } & StepMeasurement);

const readySchema = z.object({ versions: z.string() });
const checkSchema = z.object({ mean_nll: z.array(z.number()) });
const stepSchema = z.object({
  times: z.object({
    prefix: z.number(),
    hints: z.number(),
    forward: z.number(),
    backward: z.number(),
    optimiser: z.number(),
  }),
  loss: z.number(),
  peak_bytes: z.number(),
});

/** Starts pytorch-step.py, which answers JSON lines in order. Its complaints go to standard error. */
export async function startPyTorchSide(setup: PyTorchSetup): Promise<SideProcess<PyTorchRequest, PyTorchReply>> {
  const script = fileURLToPath(new URL('./pytorch-step.py', import.meta.url));
  // Nothing is looked for on the network: the model is a local file.
  const quiet = { TRANSFORMERS_VERBOSITY: 'error', PYTHONWARNINGS: 'ignore', TQDM_DISABLE: '1' };
  const env = { ...process.env, HF_HUB_OFFLINE: '1', ...quiet };
  const child = spawn(setup.python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const failed = Promise.race([
    once(child, 'error').then(([error]) => Promise.reject(error)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${setup.python} ended with code ${code}.`))),
  ]);
  // Rejections are read where an answer is waited for.
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exchange = async (message: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const line = await Promise.race([lines.next(), failed]);
    return JSON.parse(String(line.value));
  };
  const { versions } = readySchema.parse(
    await exchange({
      kind: 'start',
      model: setup.modelPath,
      adapter: setup.adapterPath,
      method: setup.method,
      heads: setup.heads,
      dropout: setup.dropout,
      threads: setup.threads,
      learning_rate: setup.learningRate,
      temperature: setup.temperature,
      pointwise_weight: setup.pointwiseWeight,
    }),
  );
  return {
    description: versions,
    async ask(request) {
      const reply = await exchange(request);
      if (request.kind === 'check') return { kind: 'check', meanNll: checkSchema.parse(reply).mean_nll };
      const { times, loss, peak_bytes: peakBytes } = stepSchema.parse(reply);
      return { kind: 'step', times, loss, peakBytes };
    },
    stop: () => void child.kill(),
  };
}
