import { join } from 'node:path';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { type SideProcess, startSide } from '#test/bench/side-process.ts';
import type { HintrankReply, HintrankRequest, HintrankSetup } from '#test/bench/train/hintrank-side.ts';
import { type PyTorchReply, type PyTorchRequest, startPyTorchSide } from '#test/bench/train/pytorch-side.ts';
import type { StepMeasurement, TokenStep, TrainedMethod } from '#test/bench/train/training-side.ts';

type HintrankProcess = SideProcess<HintrankRequest, HintrankReply>;
type PyTorchProcess = SideProcess<PyTorchRequest, PyTorchReply>;

/** One engine that trains one method. */
export interface Competitor {
  readonly name: string;
  readonly engine: 'hintrank' | 'pytorch';
  readonly method: TrainedMethod;
  readonly description: string;
  /** Mean |Δ| of the untrained sequences' mean NLL to Hintrank's, nats per token; null for Hintrank itself. */
  readonly meanDifference: number | null;
  measure(step: TokenStep): Promise<StepMeasurement>;
  stop(): void;
}

/** The sides of one method: Hintrank, which also says what a step consists of, and perhaps PyTorch on the same token ids. */
export interface MethodSides {
  nextStep(): Promise<TokenStep>;
  readonly competitors: readonly Competitor[];
}

export interface MethodOptions extends Omit<HintrankSetup, 'adapterPath'> {
  /** An interpreter with PyTorch; null: without the peer. */
  readonly python: string | null;
  readonly onProgress: (sentence: string) => void;
}

/** Sequences that PyTorch runs together; the fastest in a trial competes. */
const batchSizes = [1, 4, 20];

/** Starts the sides of a method and takes one step on each, so that pages, allocators and lazy kernels are in place when the clock counts. */
export async function startMethod(options: MethodOptions): Promise<MethodSides> {
  const { method, python, onProgress, ...setup } = options;
  onProgress(`starting hintrank, ${method} (the first start converts the weights)`);
  const adapterPath = join(options.cacheFolder, `${method}.safetensors`);
  const hintrank: HintrankProcess = await startSide<HintrankSetup, HintrankRequest, HintrankReply>(
    new URL('./hintrank-side.ts', import.meta.url),
    { ...setup, method, adapterPath },
  );
  const stopping = [hintrank.stop];
  try {
    const competitors: Competitor[] = [
      {
        name: `hintrank, ${method}`,
        engine: 'hintrank',
        method,
        description: hintrank.description,
        meanDifference: null,
        measure: async () => expectReply(await hintrank.ask('measure'), 'measured'),
        stop: hintrank.stop,
      },
    ];
    const nextStep = async () => expectReply(await hintrank.ask('lay-out'), 'laid-out').step;
    const first = await nextStep();
    if (python !== null) {
      const { meanNll } = expectReply(await hintrank.ask('check'), 'checked');
      onProgress(`starting PyTorch, ${method}`);
      const peer = await startPeer(options, python, adapterPath);
      stopping.push(peer.stop);
      competitors.push(await peerCompetitor(peer, method, first, meanNll, onProgress));
    }
    await hintrank.ask('measure');
    return { nextStep, competitors };
  } catch (error) {
    for (const stop of stopping) stop();
    throw error;
  }
}

function startPeer(options: MethodOptions, python: string, adapterPath: string): Promise<PyTorchProcess> {
  const { method, modelPath, threads, steps } = options;
  const { heads, attentionDropout, learningRate, loss } = trainingSettingsSchema.parse({ method, steps });
  if (loss.kind !== 'listwise') throw new Error(`PyTorch's step has the listwise loss, the preset ${loss.kind}`);
  const { temperature, pointwiseWeight } = loss;
  return startPyTorchSide({
    ...{ python, modelPath, adapterPath, method, heads, threads, learningRate, temperature, pointwiseWeight },
    dropout: attentionDropout,
  });
}

/** PyTorch in its fastest arrangement, with how far its likelihoods lie from ours: that both do the same work is measured, not assumed. */
async function peerCompetitor(
  peer: PyTorchProcess,
  method: TrainedMethod,
  step: TokenStep,
  meanNll: readonly number[],
  onProgress: (sentence: string) => void,
): Promise<Competitor> {
  const { sequences } = step;
  const checked = expectReply(await peer.ask({ kind: 'check', batch: sequences.length, sequences }), 'check');
  const differences = checked.meanNll.map((value, index) => Math.abs(value - (meanNll[index] ?? Number.NaN)));
  const trials: { readonly batch: number; readonly milliseconds: number }[] = [];
  for (const batch of batchSizes) {
    onProgress(`PyTorch, ${method}: trying ${batch} sequence(s) a batch`);
    await peer.ask({ kind: 'step', batch, ...step });
    const { times } = expectReply(await peer.ask({ kind: 'step', batch, ...step }), 'step');
    trials.push({ batch, milliseconds: times.hints + times.forward + times.backward + times.optimiser });
  }
  const [best] = trials.sort((a, b) => a.milliseconds - b.milliseconds);
  if (best === undefined) throw new Error('no arrangement of PyTorch could be tried');
  return {
    name: `PyTorch, ${method}`,
    engine: 'pytorch',
    method,
    description: `${peer.description}, ${best.batch} sequence(s) a batch; token ids and chosen hints given, rows of E' sparse`,
    meanDifference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    measure: async (next) => expectReply(await peer.ask({ kind: 'step', batch: best.batch, ...next }), 'step'),
    stop: peer.stop,
  };
}

function expectReply<Reply extends { readonly kind: string }, Kind extends Reply['kind']>(
  reply: Reply,
  kind: Kind,
): Extract<Reply, { readonly kind: Kind }> {
  if (reply.kind !== kind) throw new Error(`a side answered "${reply.kind}" where "${kind}" was expected`);
  return reply as Extract<Reply, { readonly kind: Kind }>;
}
